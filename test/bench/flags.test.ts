import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { choice, choices, count, counts, factor, file, readFlags, yes } from "../../bench/flags.ts";
import { repositoryRoot } from "../../scripts/repository.ts";
import { UsageError } from "../../scripts/script-arguments.ts";

const FLAGS = {
  rounds: count("rounds", 10),
  sizes: counts("sizes", [2, 16]),
  rate: factor("rate", 1),
  model: choice("model", ["logistic", "mlp"], "mlp"),
  attacks: choices("attacks", ["none", "inner-product", "inner-product-strong"], ";"),
  write: file("page"),
  json: yes("as JSON"),
};
const bench = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [`${repositoryRoot}bench/main.ts`, ...args]);

describe("flags of a benchmark", () => {
  it("have their fallbacks", () => {
    expect(readFlags(FLAGS, [])).toEqual({
      ...{ rounds: 10, sizes: [2, 16], rate: 1, model: "mlp", write: undefined, json: false },
      attacks: ["none", "inner-product", "inner-product-strong"],
    });
  });

  it("are read as what they are", () => {
    const typed = ["--rounds", "3", "--sizes=1,5", "--rate", "0.05", "--model", "logistic"];
    expect(readFlags(FLAGS, [...typed, "--write", "a.md", "--json"])).toMatchObject({
      ...{ rounds: 3, sizes: [1, 5], rate: 0.05, model: "logistic", write: "a.md", json: true },
    });
  });

  it("take a whole name before the beginning of others", () => {
    const attacksOf = (text: string) => readFlags(FLAGS, ["--attacks", text]).attacks;

    expect(attacksOf("inner-product")).toEqual(["inner-product"]);
    expect(attacksOf("inner;none")).toEqual(["inner-product", "inner-product-strong", "none"]);
  });

  it.each([
    ["--rounds", "0", /--rounds takes a whole number from 1, not "0"/],
    ["--sizes", "2,,4", /--sizes takes a whole number from 1, not ""/],
    ["--rate", "-1", /--rate/],
    ["--rate", "Infinity", /--rate takes a number above 0/],
    ["--model", "cnn", /--model takes one of logistic, mlp, not "cnn"/],
    ["--attacks", "none;scaling", /--attacks takes some of none;.*, not "scaling"/],
    ["--round", "3", /--round/],
    ["--json", "true", /true/],
  ])("refuse %s %s in words", (name, value, words) => {
    expect(() => readFlags(FLAGS, [name, value])).toThrow(UsageError);
    expect(() => readFlags(FLAGS, [name, value])).toThrow(words);
  });

  it("refuse a name without its value", () => {
    expect(() => readFlags(FLAGS, ["--rounds"])).toThrow(UsageError);
  });
});

describe("npm run bench", () => {
  it("lists its benchmarks, and the flags of one", async () => {
    const { stderr } = await bench();
    const { stdout } = await bench("audit", "--help");

    expect(stderr).toMatch(/^ {2}market +a whole job/m);
    expect(stderr).not.toMatch(/statistics|flags\.ts|^ {2}main/m);
    expect(stdout).toMatch(/--rounds <value> +rounds of the project \(10\)/);
    expect(stdout).toMatch(/--json/);
  });

  it("says what is wrong with a flag, and no more than its usage", async () => {
    await expect(bench("gas", "--jsn")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Unknown option '--jsn'[^\n]*\n\nnpm run bench -- gas /),
    });
    await expect(bench("no-such-benchmark")).rejects.toMatchObject({ code: 2 });
  });
});
