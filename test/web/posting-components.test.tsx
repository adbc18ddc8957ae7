// @vitest-environment happy-dom
import { useState } from "react";
import { afterEach, describe, expect, test } from "vitest";
import { defaultSetSizes } from "../../services/owner/design/draw-sets.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { webErrors } from "../../web/errors.ts";
import { focusFirstProblem } from "../../web/post/focus-first-problem.ts";
import { FormContext } from "../../web/post/form-fields.tsx";
import { LearningSection } from "../../web/post/learning-section.tsx";
import { emptyForm, type FormField, type PostingForm } from "../../web/post/posting-form.ts";
import { PostingProgressView } from "../../web/post/posting-progress.tsx";
import { advancePosting, idleProgress, type PostingEvent } from "../../web/post/posting-steps.ts";
import { PreviewSection } from "../../web/post/preview-section.tsx";
import { readPostingForm } from "../../web/post/read-posting-form.ts";
import { MoneySection, RuleSection, TimeSection } from "../../web/post/terms-sections.tsx";
import { type Rendered, render } from "./render.tsx";

const around = {
  unit: { symbol: "ETH", decimals: 18 },
  wrappedNative: `0x${"c3".repeat(20)}`,
  account: `0x${"b2".repeat(20)}`,
};

/** The form of the page without its chain. */
function Form({ initial }: { initial: Partial<PostingForm> }) {
  const [form, setForm] = useState({ ...emptyForm(31_337n), ...initial });
  const [visited, setVisited] = useState<readonly FormField[]>([]);
  const reading = readPostingForm(form, around);
  return (
    <FormContext
      value={{
        ...{ form, problems: reading.problems },
        change: (part) => setForm((before) => ({ ...before, ...part })),
        isShown: (field) => visited.includes(field),
        visit: (field) => setVisited((before) => [...before, field]),
      }}
    >
      <h1>Post a project</h1>
      <LearningSection
        {...{ manifest: reading.manifest, parameterCount: reading.parameterCount }}
        {...{ table: undefined, onTable: () => {} }}
      />
      <RuleSection slots={reading.slots} />
      <MoneySection symbol="ETH" />
      <TimeSection />
      <PreviewSection reading={reading} unit={around.unit} />
    </FormContext>
  );
}

let page: Rendered;
afterEach(() => page?.close());

const sound: Partial<PostingForm> = {
  ...{ title: "Irises", features: "16", classes: "a, b, c" },
  aggregators: [`0x${"a1".repeat(20)}`],
};

describe("the form on the page", () => {
  test("an untouched form shows no error, and says below what is open", async () => {
    page = await render(<Form initial={{}} />);

    expect(page.container.querySelectorAll("[aria-invalid=true]")).toHaveLength(0);
    expect(page.container.querySelector("[data-open]")?.textContent).toMatch(
      /4 things are open.*Title: Give the project a title/,
    );
  });

  test("a field that was left wrong says so at the field, and takes it back when it is right", async () => {
    page = await render(<Form initial={sound} />);

    await page.fill("Budget of a round (ETH)", "much");
    expect(page.field("Budget of a round (ETH)").getAttribute("aria-invalid")).toBe("true");
    expect(page.text()).toContain("This is no amount like 0.5, 0.5 ETH or 1000 wei.");

    await page.fill("Budget of a round (ETH)", "0.5");
    expect(page.container.querySelectorAll("[aria-invalid=true]")).toHaveLength(0);
  });

  test("what is promised follows what is typed, to the last digit", async () => {
    page = await render(<Form initial={sound} />);

    await page.fill("Bond of an aggregator (ETH)", "0.1");
    await page.fill("Budget of a round (ETH)", "0.123456789012345678");
    await page.fill("Rounds", "2");

    const wei = 2n * 123_456_789_012_345_678n + 5n * 10n ** 16n;
    expect(page.container.querySelector(`[data-escrow="${wei}"]`)?.textContent).toBe(
      "Into escrow: 0.296913578024691356 ETH",
    );
  });

  test("a time scale fills in all windows, and is chosen no more once one differs", async () => {
    page = await render(<Form initial={sound} />);

    await page.click("Days");
    expect(page.field("To train").value).toBe("3 d");
    expect(page.button("Days").getAttribute("aria-pressed")).toBe("true");

    await page.fill("To train", "5 d");
    expect(page.button("Days").getAttribute("aria-pressed")).toBe("false");
  });

  test("another rule asks its own question, and refuses with the numbers at once", async () => {
    page = await render(<Form initial={sound} />);

    await page.fill("Rule", "multi-krum");
    await page.fill("Malicious trainers to withstand (f)", "2");

    const refusal = page.container.querySelector("[data-refusal=rule]");
    expect(refusal?.getAttribute("role")).toBe("alert");
    expect(refusal?.textContent).toMatch(/2f \+ 3 = 7/);
  });

  test("a size whose key does not come with the repository says so before anything is posted", async () => {
    page = await render(<Form initial={sound} />);
    expect(page.container.querySelector("[data-key-to-make]")).toBeNull();

    await page.fill("Trainers you expect in a round", "29");
    expect(page.container.querySelector("[data-key-to-make]")?.textContent).toMatch(
      /npm run circuits -- trust-32.*ask yours before you post/,
    );
    expect(await page.axe()).toEqual([]);
  });

  test("the first field that is wrong gets the focus, out of a folded part, too", async () => {
    page = await render(<Form initial={{ ...sound, clipNorm: "none" }} />);
    await page.fill("Longest update", "none");
    const folded = page.field("Longest update").closest("details") as HTMLDetailsElement;
    expect(folded.open).toBe(false);

    focusFirstProblem(page.container);
    expect(document.activeElement).toBe(page.field("Longest update"));
    expect(folded.open).toBe(true);
  });

  test("what is open without being shown at a field is found in the list of open things", async () => {
    page = await render(<Form initial={{ ...sound, aggregators: [] }} />);

    focusFirstProblem(page.container);
    expect(document.activeElement).toBe(page.container.querySelector("[data-open]"));
  });

  test("terms of a file that have no field are shown, and left out on demand", async () => {
    page = await render(<Form initial={{ ...sound, otherTermsText: '{"payEvery":5}' }} />);
    expect(page.container.querySelector("[data-other-terms]")?.textContent).toMatch(/payEvery: 5/);

    await page.click("Leave them out");
    expect(page.container.querySelector("[data-other-terms]")).toBeNull();
  });

  test("images ask for their sides instead of a number of columns", async () => {
    page = await render(<Form initial={sound} />);

    await page.fill("Model", "cnn");

    expect(page.field("Height").value).toBe("28");
    expect(() => page.field("Numbers in a sample")).toThrow(/no field/);
  });

  test.each<[string, Partial<PostingForm>]>([
    ["empty", {}],
    ["sound", sound],
    ["refused", { ...sound, rule: "multi-krum", withstand: "9" }],
    ["of a manifest file", { model: "file", manifestText: "{" }],
    ["of images", { ...sound, model: "cnn" }],
  ])("axe finds nothing in a form that is %s", async (_, initial) => {
    page = await render(<Form initial={initial} />);

    expect(await page.axe()).toEqual([]);
  });
});

describe("a posting on its way", () => {
  const samples = { file: "samples.csv", sizes: defaultSetSizes(3000) };
  const receipt = { hash: `0x${"ab".repeat(32)}`, blockNumber: 7, gasUsed: 500_000n } as never;
  const progressAfter = (...events: PostingEvent[]) => events.reduce(advancePosting, idleProgress);
  const sent: PostingEvent = {
    ...{ type: "step", name: "post" },
    step: { state: "sent", hash: "0x1234" },
  };

  test("nothing is shown before it began", async () => {
    page = await render(<PostingProgressView progress={idleProgress} samples={samples} />);

    expect(page.text()).toBe("");
  });

  test("a transaction that is sent is no success", async () => {
    page = await render(
      <PostingProgressView progress={progressAfter({ type: "started" }, sent)} samples={samples} />,
    );

    expect(page.text()).toContain("sent, not yet in a block");
    expect(page.text()).toContain("0x1234");
    expect(page.container.querySelector("[data-posted]")).toBeNull();
    expect(page.text()).not.toMatch(/is posted/);
  });

  test("with the receipt it names the project, and what is still to do", async () => {
    const done: PostingEvent = {
      ...{ type: "step", name: "post" },
      step: { state: "done", receipt },
    };
    const posted: PostingEvent = { type: "posted", projectId: 7n };
    page = await render(
      <PostingProgressView
        progress={progressAfter({ type: "started" }, sent, done, posted)}
        samples={samples}
      />,
    );

    expect(page.container.querySelector("[data-posted='7']")?.textContent).toMatch(
      /Its files have yet to reach an aggregator.*owner reference 7/,
    );
    expect(await page.axe()).toEqual([]);
  });

  test("the command for the referee takes the owner's own file, however it is called", async () => {
    const posted: PostingEvent = { type: "posted", projectId: 7n };
    const progress = progressAfter({ type: "started" }, posted);
    page = await render(
      <PostingProgressView
        progress={progress}
        samples={{ file: "my crop's.csv", sizes: defaultSetSizes(300) }}
      />,
    );

    expect(page.container.querySelector("code, pre")?.textContent).toBe(
      "commonweight owner reference 7 --data 'my crop'\\''s.csv' --root 60 --pay 150 --validation 75",
    );
  });

  test("begun anew, nothing of the last one is left", () => {
    const posted: PostingEvent = { type: "posted", projectId: 7n };

    expect(progressAfter({ type: "started" }, posted, { type: "forgotten" })).toEqual(idleProgress);
  });

  test("a refusal in the wallet is said with the way out and its code", async () => {
    const error = new CommonweightError(webErrors.walletRejected);
    const events: PostingEvent[] = [
      { type: "started" },
      { type: "step", name: "permit", step: { state: "failed", error } },
      { type: "failed", error },
      { type: "ended" },
    ];
    page = await render(
      <PostingProgressView progress={progressAfter(...events)} samples={samples} />,
    );

    const alert = page.container.querySelector("[role=alert]");
    expect(alert?.textContent).toMatch(/You declined in the wallet.*entries are kept.*CW7010/);
    expect(page.container.querySelector("[data-step=permit]")?.getAttribute("data-state")).toBe(
      "failed",
    );
    expect(await page.axe()).toEqual([]);
  });
});
