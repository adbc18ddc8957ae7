import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const [overview = "", sections = ""] = read("docs/performance.md").split("\n## Proof\n");
const snapshot = <T>(name: string) =>
  JSON.parse(read(`test/integration/snapshots/${name}.json`)) as T;

/** Gas of a settlement of 13 trainers at 16 slots, and of its verification. */
function settlement(): { gas: number; provenGas: number } {
  const market = snapshot<{ step: string; gas: number }[]>("market-gas");
  const verifier = snapshot<{ slots: number; provenGas: number }[]>("round-verifier-gas");
  return {
    gas: market.find(({ step }) => /^16 slots.*settle 13 trainers, credited$/.test(step))
      ?.gas as number,
    provenGas: verifier.find(({ slots }) => slots === 16)?.provenGas as number,
  };
}

describe("the first part of docs/performance.md", () => {
  const bold = [...overview.matchAll(/\*\*([\d.,]+)[^*]*\*\*/g)].map(([, number = ""]) => number);

  it("has answers", () => {
    expect(bold.length).toBeGreaterThan(8);
  });

  it.each(bold)("says %s, which a table below says too", (number) => {
    const inCell = new RegExp(
      `^\\|.*[| *(]${number.replaceAll(".", "\\.")}(?![\\d]|[.,]\\d).*\\|$`,
      "m",
    );

    expect(sections).toMatch(inCell);
  });

  it("compares the goals with numbers that a section below has", () => {
    const goals = overview.split("| goal | measured | reached |")[1] ?? "";
    const numbers = [...goals.matchAll(/^\| [^|]* \| ([^|]*) \|/gm)].flatMap(([, cell = ""]) => [
      ...(cell.match(/\d[\d,.]*\d|\d/g) ?? []),
    ]);

    expect(numbers.length).toBeGreaterThan(12);
    expect(numbers.filter((number) => !sections.includes(number))).toEqual([]);
  });
});

describe("what the README says of the proofs' time", () => {
  it("is what the table has for a million parameters", () => {
    const [, gram, rule] =
      /^\| 1,000,000 \| [\d.]+ \| ([\d.]+) \| [\d.]+ \| ([\d.]+) \|/m.exec(sections) ?? [];
    const seconds = Number(gram) + Number(rule);

    expect(read("README.md")).toContain("the proofs of a round take about half a minute");
    expect(Math.abs(seconds - 30)).toBeLessThan(5);
  });
});

describe("what other pages say of gas", () => {
  const { gas, provenGas } = settlement();
  const rounded = (value: number) => (Math.round(value / 1000) * 1000).toLocaleString("en-US");

  it("is what was measured, in thousands", () => {
    expect(read("docs/contracts.md")).toContain(
      `costs about ${rounded(gas)} gas, of which the verifier takes ${rounded(provenGas)};`,
    );
  });

  it("is what was measured, in hundred thousands", () => {
    const hundreds = (Math.round(gas / 100_000) * 100_000).toLocaleString("en-US");

    expect(read("docs/faq.md")).toContain(`about ${hundreds} gas`);
  });
});
