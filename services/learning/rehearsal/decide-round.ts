import { type GramMatrix, gramMatrix } from "../../protocol/gram/gram-matrix.ts";
import { aggregateUpdates } from "../../protocol/model/fixed-point.ts";
import { cosines } from "../../protocol/rule/cosines.ts";
import type { RoundRule } from "../../protocol/rule/round-rule.ts";
import { NORM_BOUND_LIMIT, SLOT_COUNTS, trainerCount } from "../../protocol/rule/round-terms.ts";
import type { Verdict } from "../../protocol/rule/verdicts.ts";

/** What a round is decided from. Index 0 of lists is the first trainer. */
export interface RoundInputs {
  readonly updates: readonly Int16Array[];
  readonly r: Int16Array;
  readonly g: Int16Array | null;
  /** The last applied aggregate `sum w_i u_i`, null before the first. */
  readonly lastAggregate: Int32Array | null;
  readonly baseWeights: readonly number[];
}

/** What happens to a round. Index 0 of lists is the first trainer; lists are as long as there are trainers. */
export interface RoundDecision {
  readonly verdicts: readonly Verdict[];
  readonly weights: readonly number[];
  /** Parts of 65535. */
  readonly shares: readonly number[];
  readonly isVoid: boolean;
  /** `sum w_i u_i`; all zero in a void round. */
  readonly aggregate: Int32Array;
  /** Cosines between all that was compared: r, g and p, where there are any, then the trainers' updates. Only rules know them. */
  readonly similarities?: Similarities;
}

/** How much vectors point the same way, -1 to 1: one name and one row each. */
export interface Similarities {
  readonly names: readonly string[];
  readonly cosines: readonly (readonly number[])[];
}

/** Of the slots before the trainers'. */
const OWN_SLOTS = ["reference", "pay gradient", "last change"] as const;

function similaritiesOf(gram: GramMatrix, slots: readonly unknown[]): Similarities {
  const active = slots.flatMap((vector, slot) => (vector === null ? [] : [slot]));
  return {
    names: active.map((slot) => OWN_SLOTS[slot] ?? `trainer ${slot - OWN_SLOTS.length + 1}`),
    cosines: cosines(gram, active),
  };
}

/** A way to decide rounds: the market's rules through {@link ruleDecision}, or a baseline in a benchmark. */
export type DecideRound = (inputs: RoundInputs) => RoundDecision;

/** Settings of a rule in a simulation. */
export interface RuleSettings {
  readonly rule: RoundRule;
  readonly parameterA?: number;
  readonly parameterB?: number;
  readonly normBoundSquared?: bigint;
}

/** Decides by a rule of the market, through the same functions as aggregator and auditor: Gram matrix, then rule. */
export function ruleDecision(settings: RuleSettings): DecideRound {
  return ({ updates, r, g, lastAggregate, baseWeights }) => {
    const slotCount =
      SLOT_COUNTS.find((count) => trainerCount(count) >= updates.length) ?? SLOT_COUNTS[2];
    const empty = trainerCount(slotCount) - updates.length;
    const slots = [
      r,
      g,
      lastAggregate,
      ...updates,
      ...new Array<null>(Math.max(0, empty)).fill(null),
    ];
    const gram = gramMatrix(slots);
    const outcome = settings.rule.evaluate({
      gram,
      terms: {
        slotCount,
        active: slots.map((slot) => slot !== null),
        normBoundSquared: settings.normBoundSquared ?? NORM_BOUND_LIMIT - 1n,
        parameterA: settings.parameterA ?? 0,
        parameterB: settings.parameterB ?? 0,
        baseWeights: [...baseWeights, ...new Array<number>(Math.max(0, empty)).fill(0)],
      },
    });
    const weights = outcome.weights.slice(0, updates.length);
    return {
      verdicts: outcome.verdicts.slice(0, updates.length),
      weights,
      shares: outcome.shares.slice(0, updates.length),
      isVoid: outcome.isVoid,
      similarities: similaritiesOf(gram, slots),
      aggregate: aggregateUpdates({ updates, weights, parameterCount: r.length }),
    };
  };
}
