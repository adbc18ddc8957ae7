import { normalRandom, type RandomSource } from "../../services/learning/random.ts";
import type { Labelling, Parameters } from "./softmax.ts";

/** What an attacker sees when it makes its update. */
export interface AttackView {
  /** What it would send if it were honest (trained with its own labelling). */
  readonly own: Parameters;
  readonly reference: Parameters;
  readonly payGradient: Parameters;
  /** Last applied aggregate as a mean update, null in the first round. */
  readonly lastAggregate: Parameters | null;
  /** An honest trainer's update of this round. */
  readonly peer: Parameters;
  readonly random: RandomSource;
}

/** A way to cheat. */
export interface Attack {
  readonly name: string;
  readonly labelling?: (classes: number) => Labelling;
  readonly change?: (view: AttackView) => Parameters;
}

export function norm(vector: Parameters): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/** A vector plus Gaussian noise of `ratio` times a norm. */
function noisy(vector: Parameters, noiseNorm: number, random: RandomSource): Parameters {
  const normal = normalRandom(random);
  const each = noiseNorm / Math.sqrt(vector.length);
  return vector.map((value) => value + each * normal());
}

const scaled = (vector: Parameters, factor: number) => vector.map((value) => value * factor);

/** Resubmits the last aggregate with noise of `ratio` times its norm. */
function stale(ratio: number): Attack {
  return {
    name: ratio === 0 ? "stale copy" : `stale copy + ${ratio} noise`,
    change: ({ own, lastAggregate, random }) =>
      lastAggregate ? noisy(lastAggregate, ratio * norm(lastAggregate), random) : own,
  };
}

/** No attack: the same three trainers, honest. */
export const HONEST: Attack = { name: "none" };
/** Labels turned around: y becomes C - 1 - y. */
export const LABEL_FLIP: Attack = {
  name: "label flip",
  labelling: (classes) => (label) => classes - 1 - label,
};

/** Every attack of the tables. */
export const ATTACKS: readonly Attack[] = [
  HONEST,
  LABEL_FLIP,
  { name: "sign flip", change: ({ own }) => scaled(own, -1) },
  { name: "scaled x10", change: ({ own }) => scaled(own, 10) },
  { name: "zero", change: ({ own }) => scaled(own, 0) },
  { name: "own + 3x noise", change: ({ own, random }) => noisy(own, 3 * norm(own), random) },
  stale(0),
  stale(0.25),
  stale(0.58),
  stale(1),
  {
    name: "peer copy + 0.3 noise",
    change: ({ peer, random }) => noisy(peer, 0.3 * norm(peer), random),
  },
  {
    name: "leaked r",
    change: ({ reference, random }) => noisy(reference, 0.05 * norm(reference), random),
  },
  {
    name: "leaked g",
    change: ({ payGradient, random }) => noisy(payGradient, 0.05 * norm(payGradient), random),
  },
];
