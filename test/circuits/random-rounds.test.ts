import { beforeAll, describe, expect, it } from "vitest";
import { packOutcome, packTerms } from "../../services/protocol/round/public-signals.ts";
import { multiKrumRule } from "../../services/protocol/rule/multi-krum-rule.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";
import { VERDICTS, type Verdict } from "../../services/protocol/rule/verdicts.ts";
import { type Circuit, circuitOf } from "./circuit.ts";
import { ruleInput, ruleSignals } from "./rule-vectors.ts";
import { type VectorRound, vectorsGram } from "./vectors-gram.ts";

const PUBLIC_INPUTS = ["alpha", "gramHash"];
const ROUNDS = process.env.CW_LONG === undefined ? 40 : 400;

/** Numbers from 0 to 1 that are the same every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A round of eight slots with every kind of trainer: honest, copies, opposite, too large, too small, stale, absent. */
function randomRound(random: () => number): VectorRound {
  const length = 12;
  const vector = (scale: number) =>
    Array.from({ length }, () => Math.round((random() - 0.5) * 2 * scale));
  const near = (base: readonly number[], part: number, scale: number) => {
    const noise = vector(scale);
    return base.map((value, j) => Math.round(part * value + (noise[j] as number)));
  };
  const reference = vector(10_000);
  const aggregate = near(reference, 700, 3_000_000);
  const last = random() < 0.3 ? null : aggregate;
  const trainers: (number[] | null)[] = [];
  for (let t = 0; t < 5; t++) {
    const kind = random();
    const earlier = trainers[t - 1] ?? null;
    if (kind < 0.1) trainers.push(null);
    else if (kind < 0.2 && earlier !== null) trainers.push([...earlier]);
    else if (kind < 0.3) trainers.push(near(reference, -0.5, 3000));
    else if (kind < 0.4) trainers.push(near(reference, 0.05, 100));
    else if (kind < 0.45) trainers.push(near(reference, 3.2, 100));
    else if (kind < 0.5) trainers.push(aggregate.map((value) => Math.round(value / 1000)));
    else trainers.push(near(reference, 0.2 + random(), 10 ** (1 + 3 * random())));
  }
  return {
    slotCount: 8,
    slots: [reference, random() < 0.4 ? null : near(reference, 0.5, 10_000), last, ...trainers],
    normBoundSquared: random() < 0.8 ? (1n << 54n) - 1n : 400_000_000n,
    baseWeights: Array.from({ length: 5 }, () => 1 + Math.floor(random() * 1023)),
  };
}

describe.each([
  { rule: trustRule, template: "TrustRule" },
  { rule: multiKrumRule, template: "MultiKrumRule" },
])("$template of random rounds", ({ rule, template }) => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf(`${template}.circom`, `${template}(8)`, PUBLIC_INPUTS);
  });

  it("decides as TypeScript, for every verdict and with and without pay gradient", async () => {
    const random = seeded(2026);
    const seen = new Set<Verdict>();
    let isApplied = 0;
    for (let index = 0; index < ROUNDS; index++) {
      const isKrum = rule.id === 2;
      const { terms, gram } = vectorsGram({
        ...randomRound(random),
        parameterA: isKrum ? Math.floor(random() * 2) : 0,
        parameterB: isKrum ? 1 + Math.floor(random() * 4) : 0,
      });
      const outcome = rule.evaluate({ terms, gram });

      const decided = { gram, termsWords: packTerms(terms) };
      const witness = await circuit.witness(ruleInput(decided));

      const signals = ruleSignals(decided, packOutcome(outcome));
      expect(witness.slice(1, 1 + signals.length), `round ${index}`).toEqual(signals);
      for (const verdict of outcome.verdicts) seen.add(verdict);
      isApplied += Number(!outcome.isVoid);
    }
    expect(isApplied).toBeGreaterThan(ROUNDS / 10);
    const common = VERDICTS.filter((verdict) => verdict !== "not-selected" || rule.id === 2);
    expect([...seen].sort()).toEqual([...common].sort());
  });
});
