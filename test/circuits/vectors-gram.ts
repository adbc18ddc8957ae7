import type { GramMatrix } from "../../services/protocol/gram/gram-matrix.ts";
import type { RoundTerms } from "../../services/protocol/rule/round-terms.ts";

/** A round by its slots' vectors; null for an inactive slot, shorter vectors end in zeros. */
export interface VectorRound {
  readonly slotCount: number;
  readonly slots: readonly (readonly number[] | null)[];
  readonly normBoundSquared?: bigint;
  readonly parameterA?: number;
  readonly parameterB?: number;
  /** 100 each when left out. */
  readonly baseWeights?: readonly number[];
}

function product(left: readonly number[], right: readonly number[]): bigint {
  return left.reduce((sum, value, j) => sum + BigInt(value) * BigInt(right[j] ?? 0), 0n);
}

/** Terms and matrix of a round given by vectors; slots after the last are inactive. */
export function vectorsGram(round: VectorRound): { terms: RoundTerms; gram: GramMatrix } {
  const { slotCount, normBoundSquared = (1n << 54n) - 1n } = round;
  const slots = Array.from({ length: slotCount }, (_, slot) => round.slots[slot] ?? null);
  const gram = slots.map((left) =>
    slots.map((right) => (left && right ? product(left, right) : 0n)),
  );
  const active = slots.map((slot) => slot !== null);
  const baseWeights = active
    .slice(3)
    .map((isActive, trainer) => (isActive ? (round.baseWeights?.[trainer] ?? 100) : 0));
  return {
    gram,
    terms: {
      slotCount,
      active,
      normBoundSquared,
      parameterA: round.parameterA ?? 0,
      parameterB: round.parameterB ?? 0,
      baseWeights,
    },
  };
}
