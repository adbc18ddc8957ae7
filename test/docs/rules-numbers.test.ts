import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { defaultSetSizes } from "../../services/owner/design/draw-sets.ts";
import { gramMatrix, type SlotVector } from "../../services/protocol/gram/gram-matrix.ts";
import { roundPayouts } from "../../services/protocol/market/payout.ts";
import type { RoundRuleInput } from "../../services/protocol/rule/round-rule.ts";
import { copiedPart } from "../../services/protocol/rule/survivors.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const page = read("docs/rules.md");
const robustness = read("docs/robustness.md").replaceAll("**", "");
const shown = (value: unknown) =>
  typeof value === "string" ? value : (value as number).toLocaleString("en-US");
const row = (...cells: readonly unknown[]) => `| ${cells.map(shown).join(" | ")} |`;

describe("the round with three trainers on docs/rules.md", () => {
  const names = ["r", "g", "p", "trainer 1", "trainer 2", "trainer 3"];
  const vectors = [
    Int16Array.of(20, 10, 0),
    Int16Array.of(10, 10, 5),
    Int32Array.of(16384, 4096, 0),
    Int16Array.of(10, 20, 10),
    Int16Array.of(20, 10, -5),
    Int16Array.of(-10, -10, 5),
  ];
  const slots: SlotVector[] = [...vectors, null, null];
  const input: RoundRuleInput = {
    gram: gramMatrix(slots),
    terms: {
      slotCount: 8,
      active: slots.map((slot) => slot !== null),
      normBoundSquared: 10_000n,
      parameterA: 0,
      parameterB: 0,
      baseWeights: [100, 100, 100, 0, 0],
    },
  };
  const outcome = trustRule.evaluate(input);
  const pay = roundPayouts({ budgetWei: 10_000n, flatBps: 1000, capBps: 5000, outcome });
  const trainers = [0, 1, 2];
  const ofGram = (along: number) => trainers.map((i) => input.gram[along]?.[i + 3]);
  const accepted = (values: readonly unknown[]) =>
    trainers.map((i) => (outcome.verdicts[i] === "accepted" ? values[i] : "–"));
  const { rawWeights, novelty, contributions } = outcome.hints;

  it.each(names.map((name, slot) => ({ name, slot })))(
    "has the vector and the row of $name",
    ({ name, slot }) => {
      const vector = [...(vectors[slot] ?? [])].join(", ");

      expect(page).toContain(
        row(slot, `${name} = (${vector})`, ...(input.gram[slot] ?? []).slice(0, 6)),
      );
    },
  );

  it.each([
    row("length, squared", "`G_ii`", ...trainers.map((i) => input.gram[i + 3]?.[i + 3])),
    row("along r", "`G_0i`", ...ofGram(0)),
    row("copied from p, of 1024", "`copied_i`", ...trainers.map((i) => copiedPart(input, i + 3))),
    row("verdict", "the first test that applies", ...outcome.verdicts.slice(0, 3)),
    row("raw weight", "`raw_i`", ...accepted(rawWeights)),
    row("weight, of 1024", "`w_i`", ...accepted(outcome.weights)),
    row("along g", "`G_1i`", ...ofGram(1)),
    row("contribution", "`phi_i`", ...accepted(contributions)),
    row("novelty, of 1024", "`novelty_i`", ...accepted(novelty)),
    row("share, of 65,535", "`share_i`", ...accepted(outcome.shares)),
    row("flat part, coins", "500 each", ...accepted(pay.flatWei)),
    row("by share, coins", "of 9,000", ...accepted(pay.byShareWei)),
    row("paid, coins", "at most 5,000", ...pay.payoutsWei.slice(0, 3)),
  ])("has the step %s", (step) => {
    expect(page).toContain(step);
  });

  it("says of it what is so", () => {
    const full = (pay.flatWei[0] ?? 0n) + (pay.byShareWei[0] ?? 0n);

    expect(page).toContain(`cos² is ${copiedPart(input, 4)}/1024`);
    expect(page).toContain(`Trainer 1 would get ${shown(full)} coins`);
    expect(page).toContain(`What nobody gets, ${shown(pay.remainderWei)} coins`);
  });
});

describe("what docs/rules.md repeats", () => {
  it("of the sizes that owner init takes", () => {
    const { root, pay } = defaultSetSizes(1_000_000);

    expect(page).toMatch(new RegExp(`^\\| root set \\|.*\\| ${shown(root)} \\|`, "m"));
    expect(page).toMatch(new RegExp(`^\\| pay set \\|.*\\| ${shown(pay)} \\|`, "m"));
  });

  it("of the accuracy that multi-Krum loses without any attack", () => {
    const lost = [...robustness.matchAll(/^\| none \| ([\d.]+) \| ([\d.]+) \|/gm)].map(
      ([, trust, krum]) => (Number(trust) - Number(krum)).toFixed(1),
    );

    expect(lost).toHaveLength(3);
    const [dirichlet, iid, perceptron] = lost;
    expect(page).toContain(`ended ${dirichlet} points (logistic regression) and ${perceptron}`);
    expect(page).toContain(`${iid} points where they are alike`);
  });

  it("of the backdoor that multi-Krum lets in", () => {
    const backdoor = (task: string) =>
      new RegExp(`^\\| ${task}: backdoor \\| ([\\d.]+) \\| ([\\d.]+)`, "m").exec(robustness) ?? [];
    const [, trust, krum] = backdoor("lr, Dirichlet 0.5");
    const [, trustOfPerceptron, krumOfPerceptron] = backdoor("MLP, Dirichlet 0.5");
    const [, trustOfAlike, krumOfAlike] = backdoor("lr, IID");

    expect(page).toContain(`${krum} % were classified as they wanted, ${trust} % under the trust`);
    expect(page).toContain(`under both (${krumOfPerceptron} and ${trustOfPerceptron} %)`);
    expect(page).toContain(`under neither (${krumOfAlike} and ${trustOfAlike} %;`);
  });

  it("of how well pay follows exact values on other samples", () => {
    const rows = [...robustness.matchAll(/^\| [\w ,.]+ \| \d+ ((?:\| [\d.]+ ){8})\|$/gm)].map(
      ([, cells = ""]) => cells.split("|").slice(1).map(Number),
    );
    const range = (column: number) => {
      const values = rows.map((cells) => cells[column] as number);
      return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
    };

    expect(rows).toHaveLength(3);
    expect(page.replaceAll("\n", " ")).toContain(`rank correlation of ${range(7)} a round`);
    expect(page).toContain(`what the rule pays to ${range(3)} `);
  });
});
