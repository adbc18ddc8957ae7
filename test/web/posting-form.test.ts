import { describe, expect, test } from "vitest";
import { parseTerms } from "../../services/owner/posting/terms-file.ts";
import { parseDuration } from "../../web/post/parse-duration.ts";
import {
  emptyForm,
  formOfTable,
  formOfTerms,
  type PostingForm,
  paceFields,
  paceOf,
} from "../../web/post/posting-form.ts";
import { readPostingForm } from "../../web/post/read-posting-form.ts";
import { formOfFile } from "../../web/post/read-project-file.ts";

const ETHER = 10n ** 18n;
const AGGREGATOR = `0x${"a1".repeat(20)}`;
const ACCOUNT = `0x${"b2".repeat(20)}`;
const around = {
  unit: { symbol: "ETH", decimals: 18 },
  wrappedNative: `0x${"c3".repeat(20)}`,
  account: ACCOUNT,
};
const sound: PostingForm = {
  ...emptyForm(31_337n),
  ...{ title: "Irises", features: "16", classes: "a, b, c", aggregators: [AGGREGATOR] },
};
const read = (change: Partial<PostingForm>) => readPostingForm({ ...sound, ...change }, around);

describe("the form of a posting", () => {
  test("a filled form becomes the manifest and the terms that it says", () => {
    const { manifest, terms, parameterCount, escrowWei, problems } = read({});

    expect(problems).toEqual({});
    expect(manifest?.data).toMatchObject({ inputShape: [16], classes: ["a", "b", "c"] });
    expect(parameterCount).toBe(51);
    expect(terms).toMatchObject({
      ...{ budgetPerRoundWei: ETHER, stakeWei: ETHER / 10n, rounds: 10, slots: 8, ruleId: 1 },
      ...{ flatBps: 1000, capBps: 5000, commitSeconds: 240, referee: ACCOUNT },
      ...{ aggregators: [AGGREGATOR], rewardToken: around.wrappedNative, maxTrainers: 5 },
    });
    expect(escrowWei).toBe(10n * ETHER + (13n * ETHER) / 100n);
  });

  test("an untouched form says everything that is open, and has no terms", () => {
    const { terms, manifest, problems } = readPostingForm(emptyForm(1n), around);

    expect(terms).toBeUndefined();
    expect(manifest).toBeUndefined();
    expect(Object.keys(problems).sort()).toEqual(["aggregators", "classes", "features", "title"]);
  });

  test.each<[string, Partial<PostingForm>, keyof PostingForm, RegExp]>([
    ["no budget", { budget: "" }, "budget", /no amount/],
    ["a title that would fill the list", { title: "x".repeat(121) }, "title", /at most 120/],
    ["a title that turns what stands beside it", { title: "\u202eHTE" }, "title", /one line/],
    ["a budget of nothing", { budget: "0" }, "budget", /between 0\.000000000000000001/],
    [
      "more digits than the token has",
      { stake: "0.1234567890123456789" },
      "stake",
      /finer than ETH/,
    ],
    ["a cap that nobody could live with", { capPercent: "20" }, "capPercent", /33\.34 %/],
    ["too short a window", { reveal: "9 s" }, "reveal", /between 10 s and 90 d/],
    ["a window in words", { commit: "soon" }, "commit", /90 s, 4 min/],
    ["too many rounds", { rounds: "10001" }, "rounds", /1 to 10000/],
    ["more trainers than any circuit has room for", { trainers: "30" }, "trainers", /3 to 29/],
    [
      "more at least than there is room for",
      { minTrainers: "6" },
      "minTrainers",
      /between 3 and 5/,
    ],
    ["a class twice", { classes: "a, b, a" }, "classes", /“a” is there twice/],
    ["a token that is no address", { token: "WETH" }, "token", /40 hexadecimal/],
    ["an aggregator twice", { aggregators: [AGGREGATOR, AGGREGATOR] }, "aggregators", /twice/],
    ["four aggregators", { aggregators: Array(4).fill(AGGREGATOR) }, "aggregators", /there are 4/],
    ["a scale on which nothing fits", { clipNorm: "5000" }, "clipNorm", /2\^54/],
    [
      "a model with fewer parameters than a proof has masks",
      { features: "4" },
      "model",
      /15 parameters: .* 32 coefficients .* perceptron/,
    ],
    [
      "images too small for the network",
      { model: "cnn", height: "2", width: "2" },
      "model",
      /side/,
    ],
  ])("refuses %s at its field", (_, change, field, text) => {
    const { terms, problems } = read(change);

    expect(terms).toBeUndefined();
    expect(problems[field]).toMatch(text);
  });

  test.each([
    [{ withstand: "2" }, /f = 2 .* at least 2f \+ 3 = 7/],
    [{ withstand: "1", trainers: "29", minTrainers: "14" }, /8 and 16 slots only/],
  ])("refuses multi-Krum of %o with the numbers", (change, text) => {
    expect(read({ rule: "multi-krum", ...change }).problems.rule).toMatch(text);
  });

  test("multi-Krum that works selects all but the withstood of the fewest", () => {
    const { terms } = read({
      rule: "multi-krum",
      withstand: "2",
      trainers: "13",
      minTrainers: "9",
    });

    expect(terms).toMatchObject({ ruleId: 2, ruleParameterA: 2, ruleParameterB: 7, slots: 16 });
  });

  test("says that a rule cannot work before anything else is filled in", () => {
    const form = { ...emptyForm(1n), rule: "multi-krum" as const };

    expect(readPostingForm(form, around).problems.rule).toMatch(/2f \+ 3 = 5/);
  });

  test("without an account, judges everything and keeps the account out of the file", () => {
    const { terms, termsText } = readPostingForm(sound, { ...around, account: undefined });

    expect(terms).toBeDefined();
    expect(JSON.parse(termsText as string)).not.toHaveProperty("referee");
  });

  test("terms saved to a file and picked again are the same terms", () => {
    const first = read({ rule: "multi-krum", trainers: "13", minTrainers: "9", commit: "6 h" });
    const again = formOfFile(emptyForm(1n), first.termsText as string);
    const second = readPostingForm(
      { ...again, title: "x", features: "16", classes: "a,b" },
      around,
    );

    expect(second.terms).toEqual({ ...first.terms, normBoundSquared: expect.anything() });
    expect(
      parseTerms(second.termsText as string, { ...around, manifest: first.manifest as never }),
    ).toEqual(first.terms);
  });

  test("a table decides how large the owner's own sets are, and the smallest model that can be proven", () => {
    const data = { inputShape: [4], classes: ["a", "b", "c"] };
    const form = { ...sound, ...formOfTable(sound, { data, samples: 300 }) };

    expect(form).toMatchObject({ model: "mlp", features: "4", classes: "a, b, c" });
    expect(readPostingForm(form, around).manifest).toMatchObject({
      data,
      evaluation: { referenceSamples: 60, paySamples: 150 },
    });
    expect(read({}).manifest?.evaluation).toMatchObject({
      referenceSamples: 200,
      paySamples: 1000,
    });
  });

  test("terms that the form has no field for are kept, posted as the file says, and named when they are refused", () => {
    const file = {
      ...JSON.parse(read({}).termsText as string),
      ...{ payEvery: 5, maxStrikes: 2, usesPayGradient: false, normBoundSquared: "123456789" },
      ...{ baseWeightKind: "bonded-stake", fullWeightStakeWei: String(ETHER), maxTrainers: 4 },
      slots: 16,
    };
    const form = formOfFile(sound, JSON.stringify(file));
    const again = readPostingForm(form, around);

    expect(again.terms).toMatchObject({
      ...{ payEvery: 5, maxStrikes: 2, usesPayGradient: false, normBoundSquared: 123_456_789n },
      ...{ baseWeightKind: "bonded-stake", fullWeightStakeWei: ETHER, maxTrainers: 4 },
      slots: 16,
    });
    expect(Object.keys(JSON.parse(form.otherTermsText)).sort()).toEqual([
      ...["baseWeightKind", "fullWeightStakeWei", "maxStrikes", "maxTrainers"],
      ...["normBoundSquared", "payEvery", "usesPayGradient"],
    ]);
    const damaged = { ...sound, otherTermsText: '{"payEvery":"often"}' };
    expect(readPostingForm(damaged, around).problems.otherTermsText).toMatch(/payEvery/);
    expect(readPostingForm({ ...sound, otherTermsText: "{" }, around).problems).toEqual({});
  });

  test("terms of a private project stay private, and say so in a file again", () => {
    const file = { ...JSON.parse(read({}).termsText as string), modelVisibility: "private" };
    const form = formOfFile(sound, JSON.stringify(file));

    expect(form.visibility).toBe("private");
    const { terms, termsText } = readPostingForm(form, around);
    expect(terms?.modelVisibility).toBe("private");
    expect(JSON.parse(termsText as string).modelVisibility).toBe("private");
    expect(read({}).terms?.modelVisibility).toBe("public");
  });

  test("a file of terms with a field that no terms have is refused with its name", () => {
    const file = { ...JSON.parse(read({}).termsText as string), payEvry: 2 };

    expect(() => formOfFile(sound, JSON.stringify(file))).toThrow(/payEvry/);
  });

  test("a manifest that is picked is taken whole", () => {
    const text = JSON.stringify(read({}).manifest);
    const form = formOfFile({ ...sound, features: "", classes: "" }, text);

    expect(readPostingForm(form, around).manifest).toEqual(JSON.parse(text));
    expect(() => formOfFile(sound, "[]")).toThrow(/neither a manifest/);
    expect(readPostingForm({ ...form, manifestText: "{" }, around).problems.manifestText).toMatch(
      /JSON/,
    );
  });

  test("terms with fewer fields leave the others alone", () => {
    expect(formOfTerms(sound, { rounds: 3 })).toEqual({ ...sound, rounds: "3" });
  });

  test("a network on one machine gets windows of minutes, another of hours", () => {
    expect(paceOf(emptyForm(31_337n))).toBe("minutes");
    expect(paceOf(emptyForm(1n))).toBe("hours");
    expect(paceOf({ ...sound, ...paceFields("days"), settle: "2 d" })).toBeUndefined();
  });
});

describe("what people type", () => {
  test.each([
    ["90 s", 90],
    ["4min", 240],
    ["1.5 h", 5400],
    ["3 days", 259_200],
    ["60", 60],
    ["1.5 s", null],
    ["-1 h", null],
    ["2 weeks", null],
  ])("%j is %s seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});
