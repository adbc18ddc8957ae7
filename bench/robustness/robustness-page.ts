import { ATTACKS } from "../../services/learning/attacks/apply-attack.ts";
import { designAccuracy } from "./design-results.ts";
import type { AttackResult } from "./measure-attacks.ts";
import type { RobustnessResults } from "./robustness-results.ts";
import { ATTACKERS, LARGE_PAY_SAMPLES, REFERENCE_STEPS, SCENARIOS, TRAINERS } from "./scenarios.ts";

const percent = (part: number) => (100 * part).toFixed(1);
const unique = (values: readonly string[]) => [...new Set(values)];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell === "" ? "–" : cell)).join(" | ")} |`;
  const rule = line(head.map((_, i) => (i === 0 ? "---" : "---:")));
  return [line(head), rule, ...rows.map(line)].join("\n");
}

function find(results: readonly AttackResult[], scenario: string, attack: string, rule: string) {
  return results.find(
    (result) => result.scenario === scenario && result.attack === attack && result.rule === rule,
  );
}

function accuracyTable(all: readonly AttackResult[], scenario: string): string {
  const results = all.filter((result) => result.scenario === scenario);
  const rules = unique(results.map(({ rule }) => rule));
  const attacks = unique(results.map(({ attack }) => attack));
  const cell = (attack: string, rule: string) => {
    const result = find(results, scenario, attack, rule);
    if (!result) return "";
    return rule === "trust" ? `**${percent(result.accuracy)}**` : percent(result.accuracy);
  };
  return table(
    ["attack", ...rules],
    attacks.map((attack) => [attack, ...rules.map((rule) => cell(attack, rule))]),
  );
}

function payTable(results: readonly AttackResult[]): string {
  const scenarios = unique(results.map(({ scenario }) => scenario));
  const attacks = unique(results.map(({ attack }) => attack));
  const cell = (attack: string, scenario: string) => {
    const result = find(results, scenario, attack, "trust");
    if (!result) return "";
    const { attackerShare, attackersAccepted, honestRejected } = result;
    return [attackerShare, attackersAccepted, honestRejected]
      .map((part) => part.toFixed(3))
      .join(" / ");
  };
  return table(
    ["attack", ...scenarios],
    attacks.map((attack) => [attack, ...scenarios.map((scenario) => cell(attack, scenario))]),
  );
}

function successTable(results: readonly AttackResult[]): string {
  const targeted = results.filter(({ success }) => success !== null);
  const rules = unique(targeted.map(({ rule }) => rule));
  const rows = unique(targeted.map(({ scenario, attack }) => `${scenario}|${attack}`));
  return table(
    ["task and attack", ...rules],
    rows.map((row) => {
      const [scenario, attack] = row.split("|") as [string, string];
      const cells = rules.map((rule) => find(targeted, scenario, attack, rule)?.success ?? null);
      return [
        `${scenario}: ${attack}`,
        ...cells.map((part) => (part === null ? "" : percent(part))),
      ];
    }),
  );
}

function contributionTable({ contributions }: RobustnessResults): string {
  return table(
    [
      "task",
      "rounds",
      "w·⟨u, g⟩, pay set",
      "w·⟨u, g⟩, other samples",
      "shares, pay set",
      "shares, other samples",
      "sums over a run",
      `pay set of ${LARGE_PAY_SAMPLES}: w·⟨u, g⟩, other samples`,
      "bound: gradient half-way, pay set",
      "bound: exact on the pay set, other samples",
    ],
    contributions.map((row) => [
      row.scenario,
      String(row.rounds),
      ...[
        row.onPaySet,
        row.onOtherSamples,
        row.sharesOnPaySet,
        row.sharesOnOtherSamples,
        row.overRunsOnPaySet,
        row.largePayOnOther,
        row.halfwayOnPaySet,
        row.exactOnOtherSamples,
      ].map((value) => value.toFixed(2)),
    ]),
  );
}

/** Cells that two independent simulations both have: theirs and ours. */
export function compareWithDesign(results: readonly AttackResult[]) {
  return results.flatMap((result) => {
    const design = designAccuracy(result);
    return design === null ? [] : [{ ...result, design, difference: result.accuracy - design }];
  });
}

function agreementTable(results: readonly AttackResult[]): string {
  const compared = compareWithDesign(results);
  const groups = unique(compared.map(({ scenario, rule }) => `${scenario}|${rule}`));
  const rows = groups.map((group) => {
    const [scenario, rule] = group.split("|") as [string, string];
    const cells = compared.filter((cell) => cell.scenario === scenario && cell.rule === rule);
    const mean = (of: (cell: (typeof cells)[number]) => number) =>
      cells.reduce((sum, cell) => sum + of(cell), 0) / cells.length;
    const largest = cells.reduce((a, b) =>
      Math.abs(b.difference) > Math.abs(a.difference) ? b : a,
    );
    return [
      `${scenario}: ${rule}`,
      String(cells.length),
      percent(mean((cell) => cell.difference)),
      percent(mean((cell) => Math.abs(cell.difference))),
      `${percent(largest.difference)} (${largest.attack})`,
    ];
  });
  return table(["task and rule", "cells", "mean difference", "mean distance", "largest"], rows);
}

const SOURCES = `Baselines: FedAvg (McMahan et al. 2017), norm clip at the median norm, FLTrust (Cao et al. 2021), Krum and multi-Krum
(Blanchard et al. 2017, told to expect ${ATTACKERS} attackers), nearest to r (mean of the ${TRAINERS - ATTACKERS} updates nearest to the reference), FoolsGold on
one round (Fung et al. 2020). \`trust\` and \`multi-krum\` are the market's own rules, run through the functions that aggregator
and auditor use, and the circuit is tested against; the market's multi-Krum runs after the common filter (f = 1, m = 3).

The row \`free-rider\` under \`trust\` is what the five honest trainers reach alone: on non-IID data the attackers' own samples are missing,
and no rule can bring them back. Columns with fewer seeds use the first of them. Other rules than the default are run against the attacks that tell them apart; – was not measured.`;

const share = ({ attackerShare }: AttackResult) => `${percent(attackerShare)} %`;

/** What attackers get by one thing and by another, in each task in which the first was measured. */
const sharesBeside = (results: readonly AttackResult[], attack: string, other: string): string =>
  results
    .flatMap((each) => {
      if (each.attack !== attack || each.rule !== "trust") return [];
      const beside = find(results, each.scenario, other, "trust");
      return beside ? [`${share(each)} and ${share(beside)} (${each.scenario})`] : [];
    })
    .join("; ");

/** What an earlier round's work of others brings, beside a noisy copy of what everybody knows. */
function earlierNote(results: readonly AttackResult[]): string {
  const shares = sharesBeside(results, "earlier-update", "stale-replay-noisy");
  if (shares === "") return "";
  return `
${ATTACKERS} trainers who train nothing and send what others sent a round before (\`earlier-update\`: only an aggregator can tell them) get of all shares, and when they send the public last
aggregate with noise instead (\`stale-replay-noisy\`): ${shares}. Neither needs data.
`;
}

/** What holding work back brings, in each task in which it was measured. */
function heldBackNote(results: readonly AttackResult[]): string {
  const shares = sharesBeside(results, "now-and-then", "none");
  if (shares === "") return "";
  return `
A share is what an update is worth in its round, no reward for coming every time. ${ATTACKERS} trainers who are useful in about half of the rounds only (\`now-and-then\`) get of all shares, and
when they are useful in every round: ${shares}. Where only they have some kind of data, the model goes on lacking it, and pays as much
when it comes; where all data is alike, half of the work is worth half.
`;
}

/** The page `docs/robustness.md`. */
export function robustnessPage(results: RobustnessResults): string {
  const measured = SCENARIOS.filter(({ name }) =>
    results.attacks.some(({ scenario }) => scenario === name),
  );
  const seedsOf = (name: string, isTrust: boolean) =>
    results.attacks.find(
      ({ scenario, rule }) => scenario === name && (rule === "trust") === isTrust,
    )?.seeds ?? 0;
  const seedsNote = (name: string) =>
    `trust: seeds averaged ${seedsOf(name, true)}, other rules: ${seedsOf(name, false)}`;
  return `<!-- generated by: npm run bench -- robustness --write docs/robustness.md. Do not edit. -->
# Robustness: what attacks do, and what they earn

Federated training on MNIST, ${TRAINERS} trainers of whom the last ${ATTACKERS} attack together, part sizes lognormal(0.6), SGD with batches of 32 and
learning rate 0.1, one local epoch a round, updates in units of 2^-12. The reference r has 200 samples and ${REFERENCE_STEPS} steps, the pay
gradient g 500 other samples. Base weights follow data sizes. The simulation runs the protocol's integers and rules, without chain.
Few seeds: trust the order and the failures, not the last digit.

The numbers are of one run of ${Math.ceil(results.minutes)} minutes on two shared cores, \`npm run bench -- robustness --save bench/robustness/results.json --write
docs/robustness.md\`; five cells were measured after it, alone: \`earlier-update\`, and \`stale-replay-noisy\` in the second and third task. A cell follows from its seeds to the last digit: three others that were measured again with them came out the same. \`--from bench/robustness/results.json\` makes the page again, \`--seeds\`, \`--scenarios\`, \`--rules\` and \`--attacks\` choose others.

## Accuracy after the last round, on the 10,000 test images (%)

${SOURCES}

${measured
  .map(({ name }) => `**${name}** (${seedsNote(name)})\n\n${accuracyTable(results.attacks, name)}`)
  .join("\n\n")}

## What attackers get under the trust rule

Three numbers: the attackers' part of all shares / the part of their updates that was accepted / the part of honest updates that was
not. In the row "none" the first two are those of the same three trainers being honest. An attacker that is accepted and paid sent
something that helped on the owner's pay set: a mild or noisy update is worth part of an honest one, and is paid as such.

${payTable(results.attacks)}

Targeted attacks are accepted, because the rest of their data is useful. Part of the attacked images that the final model classifies as
the attacker wants (%), by rule:

${successTable(results.attacks)}

## Agreement with the simulation that chose the rules

The rules were chosen with another program (plain JavaScript, other seeds, other parts of MNIST). Our accuracy less its, in points:

${agreementTable(results.attacks)}

## Pay against exact Shapley values

Without attackers: rank correlation (Spearman) with the exact Shapley value of the loss, all coalitions of the accepted trainers,
mean over rounds. The aim is 0.9 on the pay set and 0.75 on other samples. The contribution w·⟨u, g⟩ is what the rule computes; shares
also contain the novelty factor, which stops plain stale copies, not noisy ones (\`stale-replay-noisy\`). "Sums over a run" compares each trainer's total with the exact total on the pay set.

${contributionTable(results)}

What is proven is w·⟨u, g⟩ for the g that the owner committed to: with the round's weights held fixed, the exact Shapley value of the first-order change in loss on the pay set, if g is the gradient there. That it is close to the
exact value of the loss itself on that set, and less close on other samples, is what this table shows; nothing stronger is claimed.

Why not higher. On the pay set the gap is the curvature of the loss between the start and the end of a round: with the gradient taken half-way through the round's own
change the same formula agrees with the exact value almost entirely, but that point is known only when all updates are, and g must be committed before. Half-way along the
reference r gains 0.01 to 0.02 and along the last aggregate loses 0.1, so g stays the plain gradient. On other samples even exact Shapley values on the pay set reach no more than the last column: there **more
pay samples are the only lever**, which is why \`owner reference\` takes 1,000 by default and the table shows ${LARGE_PAY_SAMPLES}.

## The attacks

${table(
  ["name", "what it does"],
  ATTACKS.map(({ name, summary }) => [`\`${name}\``, summary]),
)}

## Limits of this evidence

One task (handwritten digits), ${TRAINERS} trainers, a few seeds. A leaked reference is paid well, which is why the owner commits to r and
g before the round and discloses them after it. A backdoor or a targeted flip rides on otherwise useful updates, and the trust rule does not see it. Inner
products show attackers only where they resemble each other: FoolsGold, which looks for that, keeps the backdoor of these three out, and falls to scaling.
${earlierNote(results.attacks)}${heldBackNote(results.attacks)}`;
}
