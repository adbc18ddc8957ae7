/** Rules from the literature that the market does not offer, to compare with; sources in `docs/robustness.md`. */
import type { DecideRound, RoundInputs } from "../../services/learning/rehearsal/decide-round.ts";
import { dot, norm } from "../../services/learning/training/vector.ts";
import { aggregateUpdates } from "../../services/protocol/model/fixed-point.ts";
import { median } from "../statistics.ts";

/** How many attackers the rules of the Krum family are told to expect. */
const EXPECTED_ATTACKERS = 3;
const TOTAL = 1024;

/** Weights in parts of 1024 as a decision without verdicts and pay. */
function weighted(inputs: RoundInputs, factors: readonly number[], total = TOTAL) {
  const sum = factors.reduce((all, factor) => all + factor, 0);
  const weights = factors.map((factor) => (sum > 0 ? Math.round((total * factor) / sum) : 0));
  const parameterCount = inputs.r.length;
  return {
    verdicts: weights.map((weight) =>
      weight > 0 ? ("accepted" as const) : ("not-selected" as const),
    ),
    weights,
    shares: weights.map((weight) => Math.floor((weight * 65_535) / Math.max(1, sum * total))),
    isVoid: sum === 0,
    aggregate: aggregateUpdates({ updates: inputs.updates, weights, parameterCount }),
  };
}

function squaredDistances(updates: readonly Int16Array[]): number[][] {
  const squares = updates.map((update) => dot(update, update));
  return updates.map((left, i) =>
    updates.map(
      (right, j) => (squares[i] as number) + (squares[j] as number) - 2 * dot(left, right),
    ),
  );
}

/** Krum scores: sum of squared distances to the `n - f - 2` nearest others. */
function krumScores(updates: readonly Int16Array[]): number[] {
  const nearest = updates.length - EXPECTED_ATTACKERS - 2;
  return squaredDistances(updates).map((row, i) =>
    row
      .filter((_, j) => j !== i)
      .sort((a, b) => a - b)
      .slice(0, nearest)
      .reduce((sum, distance) => sum + distance, 0),
  );
}

/** Weights of the `count` smallest scores, by base weight. */
function select(inputs: RoundInputs, scores: readonly number[], count: number) {
  const order = [...scores.keys()].sort((a, b) => (scores[a] as number) - (scores[b] as number));
  const chosen = new Set(order.slice(0, count));
  return weighted(
    inputs,
    inputs.baseWeights.map((base, i) => (chosen.has(i) ? base : 0)),
  );
}

const fedAvg: DecideRound = (inputs) => weighted(inputs, inputs.baseWeights);

const normClip: DecideRound = (inputs) => {
  const norms = inputs.updates.map(norm);
  const bound = median(norms);
  const sum = inputs.baseWeights.reduce((all, base) => all + base, 0);
  const factors = inputs.baseWeights.map(
    (base, i) => (base / sum) * Math.min(1, bound / Math.max(1, norms[i] as number)),
  );
  const kept = factors.reduce((all, factor) => all + factor, 0);
  return weighted(inputs, factors, Math.round(TOTAL * kept));
};

const flTrust: DecideRound = (inputs) => {
  const { updates, r } = inputs;
  const length = norm(r);
  const cosines = updates.map((update) =>
    Math.max(0, dot(update, r) / Math.max(1, norm(update) * length)),
  );
  const sum = cosines.reduce((all, cosine) => all + cosine, 0) || 1;
  const factors = updates.map(
    (update, i) => ((cosines[i] as number) / sum) * (length / Math.max(1, norm(update))),
  );
  const total = factors.reduce((all, factor) => all + factor, 0);
  return weighted(inputs, factors, Math.round(TOTAL * total));
};

const krum: DecideRound = (inputs) => select(inputs, krumScores(inputs.updates), 1);

const multiKrum: DecideRound = (inputs) =>
  select(inputs, krumScores(inputs.updates), inputs.updates.length - EXPECTED_ATTACKERS);

const nearestToReference: DecideRound = (inputs) => {
  const scores = inputs.updates.map((update) => dot(update, update) - 2 * dot(update, inputs.r));
  return select(inputs, scores, inputs.updates.length - EXPECTED_ATTACKERS);
};

const foolsGold: DecideRound = (inputs) => {
  const norms = inputs.updates.map((update) => Math.max(1, norm(update)));
  const similarity = inputs.updates.map((left, i) =>
    inputs.updates.map((right, j) =>
      i === j ? 0 : dot(left, right) / ((norms[i] as number) * (norms[j] as number)),
    ),
  );
  const highest = similarity.map((row) => Math.max(...row));
  const scores = similarity.map((row, i) => {
    const pardoned = row.map((cosine, j) => {
      const [own, other] = [highest[i] as number, highest[j] as number];
      return other > own && other > 0 ? (cosine * own) / other : cosine;
    });
    return Math.min(1, Math.max(0, 1 - Math.max(...pardoned)));
  });
  const largest = Math.max(...scores, Number.MIN_VALUE);
  const factors = scores.map((score) => {
    const scaled = Math.min(0.99, score / largest);
    return scaled <= 0 ? 0 : Math.min(1, Math.max(0, Math.log(scaled / (1 - scaled)) + 0.5));
  });
  return weighted(
    inputs,
    factors.map((factor, i) => factor * (inputs.baseWeights[i] as number)),
  );
};

/** Baselines by the name of their column. */
export const BASELINE_RULES: Readonly<Record<string, DecideRound>> = {
  FedAvg: fedAvg,
  "norm clip": normClip,
  FLTrust: flTrust,
  Krum: krum,
  "multi-Krum alone": multiKrum,
  "nearest to r": nearestToReference,
  FoolsGold: foolsGold,
};
