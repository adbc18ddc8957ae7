import { ATTACKS } from "../../services/learning/attacks/apply-attack.ts";
import {
  BACKDOOR_LABEL,
  stampedDataset,
  TARGETED_FLIP,
} from "../../services/learning/attacks/data-attacks.ts";
import type { Dataset } from "../../services/learning/data/dataset.ts";
import { type DecideRound, ruleDecision } from "../../services/learning/rehearsal/decide-round.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { multiKrumRule } from "../../services/protocol/rule/multi-krum-rule.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";
import { BASELINE_RULES } from "./baseline-rules.ts";
import { ATTACKERS, runScenario, type Scenario, scenarioSets, TRAINERS } from "./scenarios.ts";

/** One cell of the table: an attack against a rule, mean of its seeds. */
export interface AttackResult {
  readonly scenario: string;
  readonly attack: string;
  readonly rule: string;
  readonly seeds: number;
  /** On MNIST's 10,000 test images, after the last round, 0..1. */
  readonly accuracy: number;
  /** Part of all shares that went to attackers; for "none", to the same three trainers. */
  readonly attackerShare: number;
  /** Part of the honest trainers' updates that were not accepted. */
  readonly honestRejected: number;
  /** Part of the attackers' updates that were accepted. */
  readonly attackersAccepted: number;
  /** Targeted attacks: part of the attacked images that are classified as the attacker wants; null for others. */
  readonly success: number | null;
}

/** Our own rules, then the baselines. */
export const RULES: Readonly<Record<string, DecideRound>> = {
  trust: ruleDecision({ rule: trustRule }),
  "multi-krum": ruleDecision({ rule: multiKrumRule, parameterA: 1, parameterB: 3 }),
  ...BASELINE_RULES,
};

export const ATTACK_NAMES: readonly string[] = ["none", ...ATTACKS.map(({ name }) => name)];

/** Part of a row of the confusion matrix that falls on a class. */
const hitRate = (row: readonly number[], label: number) =>
  (row[label] as number) / row.reduce((sum, count) => sum + count, 0);

async function measureSuccess(
  attack: string,
  quality: { readonly confusion: readonly (readonly number[])[] },
  evaluateOn: (dataset: Dataset) => Promise<typeof quality>,
  testing: Dataset,
): Promise<number | null> {
  if (attack === "targeted-flip") {
    return hitRate(quality.confusion[TARGETED_FLIP.from] as number[], TARGETED_FLIP.to);
  }
  if (attack !== "backdoor") return null;
  const { confusion } = await evaluateOn(stampedDataset(testing));
  const others = confusion.filter((_, truth) => truth !== BACKDOOR_LABEL);
  const sums = confusion.map((_, k) => others.reduce((sum, row) => sum + (row[k] as number), 0));
  return hitRate(sums, BACKDOOR_LABEL);
}

async function measureOnce(cell: {
  readonly scenario: Scenario;
  readonly attack: string;
  readonly rule: string;
  readonly seed: string;
  readonly training: Dataset;
  readonly testing: Dataset;
}) {
  const { scenario, seed, training } = cell;
  const sets = await scenarioSets(training, scenario, seed);
  const isAttacker = (i: number) => i >= TRAINERS - ATTACKERS;
  let [shares, attackerShares, rejected, accepted, rounds] = [0, 0, 0, 0, 0];
  let parameters = new Float32Array();
  const attack = cell.attack === "none" ? null : cell.attack;
  const decide = RULES[cell.rule] as DecideRound;
  for await (const round of runScenario({ scenario, sets, attack, decide, seed })) {
    const { decision } = round;
    parameters = round.after as Float32Array<ArrayBuffer>;
    rounds += 1;
    decision.verdicts.forEach((verdict, i) => {
      const share = decision.shares[i] as number;
      shares += share;
      if (isAttacker(i)) attackerShares += share;
      const isAccepted = verdict === "accepted" && !decision.isVoid;
      if (isAttacker(i) && isAccepted) accepted += 1;
      if (!isAttacker(i) && !isAccepted) rejected += 1;
    });
  }
  const evaluateOn = (dataset: Dataset) => evaluate({ model: scenario.model, parameters, dataset });
  const quality = await evaluateOn(cell.testing);
  return {
    accuracy: quality.accuracy,
    success: await measureSuccess(cell.attack, quality, evaluateOn, cell.testing),
    attackerShare: shares > 0 ? attackerShares / shares : 0,
    honestRejected: rejected / (rounds * (TRAINERS - ATTACKERS)),
    attackersAccepted: accepted / (rounds * ATTACKERS),
  };
}

/** Measures one cell over several seeds. */
export async function measureAttack(cell: {
  readonly scenario: Scenario;
  readonly attack: string;
  readonly rule: string;
  readonly seeds: readonly string[];
  readonly training: Dataset;
  readonly testing: Dataset;
}): Promise<AttackResult> {
  const { scenario, attack, rule, seeds } = cell;
  const runs: Awaited<ReturnType<typeof measureOnce>>[] = [];
  for (const seed of seeds) runs.push(await measureOnce({ ...cell, seed }));
  const mean = (of: (run: (typeof runs)[number]) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return {
    scenario: scenario.name,
    attack,
    rule,
    seeds: seeds.length,
    accuracy: mean((run) => run.accuracy),
    attackerShare: mean((run) => run.attackerShare),
    honestRejected: mean((run) => run.honestRejected),
    attackersAccepted: mean((run) => run.attackersAccepted),
    success: runs[0]?.success == null ? null : mean((run) => run.success as number),
  };
}
