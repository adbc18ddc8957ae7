import { CommonweightError } from "../../protocol/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import { learningErrors } from "../errors.ts";
import type { RandomSource } from "../random.ts";

/** What an attacker knows and can do in a round. Each attack names what it needs beyond `honestUpdate`. */
export interface AttackContext {
  /** What this trainer would send if it were honest, in units of the project's scale. */
  readonly honestUpdate: Int16Array;
  /** Seeded in simulations. Attackers that collude get the same stream. */
  readonly random: RandomSource;
  /** Trains on other data and returns the quantised update, for attacks through data. */
  readonly retrain?: ((poison: (dataset: Dataset) => Dataset) => Promise<Int16Array>) | undefined;
  /** Honest updates of others: an attacker who sees them before the commit phase closes. */
  readonly peerUpdates?: readonly Int16Array[] | undefined;
  /** What honest trainers sent in the round before, as its aggregator has read it; zeros in the first round. */
  readonly earlierUpdates?: readonly Int16Array[] | undefined;
  /** The model's last change, in units of the update's scale; public to every trainer. */
  readonly lastAggregate?: Int16Array | undefined;
  /** What the first of the colluding attackers sends; its Sybils repeat it. */
  readonly leaderUpdate?: Int16Array | undefined;
  /** The owner's r, leaked. */
  readonly leakedReference?: Int16Array | undefined;
}

/** An attack of the library. */
export interface Attack {
  readonly name: string;
  /** What it does and where it comes from, in a sentence for the project owner. */
  readonly summary: string;
  /**
   * Parts of the context it cannot do without. An attack that names any does not look at the values of `honestUpdate`, only
   * at its length, so that a simulation need not train for it.
   */
  readonly needs: readonly (keyof AttackContext)[];
  /** True when all its attackers know each other and send the same. */
  readonly isColluding?: boolean;
  craft(context: AttackContext): Int16Array | Promise<Int16Array>;
}

/**
 * Rounds to int16 at random up or down, so that colluders with the same values are not exact duplicates; what does not
 * fit is cut, as an attacker's own quantiser would.
 */
export function toInt16(values: ArrayLike<number>, random: RandomSource, factor = 1): Int16Array {
  return Int16Array.from(values, (value) =>
    Math.max(-32_767, Math.min(32_767, Math.floor(value * factor + random()))),
  );
}

/** A part of the context. @throws CommonweightError CW3502 when it is missing. */
export function need<K extends keyof AttackContext>(
  context: AttackContext,
  key: K,
): NonNullable<AttackContext[K]> {
  const value = context[key];
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) {
    throw new CommonweightError(learningErrors.attackNeedsContext, `the attack needs ${key}`);
  }
  return value as NonNullable<AttackContext[K]>;
}
