import {
  MAX_RELIABILITY,
  NEUTRAL_RELIABILITY,
  RELIABILITY_HALF_LIFE_SECONDS,
  type ReliabilityOutcome,
  reliabilityAt,
  updatedReliability,
} from "../../../services/protocol/market/reliability.ts";
import {
  type SamplingInput,
  sampledCandidates,
} from "../../../services/protocol/market/sampling.ts";
import { vectorJson } from "../vector-json.ts";

const START = 1_700_000_000;
const OUTCOMES: readonly ReliabilityOutcome[] = ["accepted", "rejected", "fault", "none"];
const SCORES = [
  0,
  1,
  15,
  16,
  17,
  32767,
  NEUTRAL_RELIABILITY,
  32769,
  50000,
  65519,
  65520,
  MAX_RELIABILITY,
];
const ELAPSED_SECONDS = [
  0,
  1,
  79,
  80,
  3600,
  86_400,
  RELIABILITY_HALF_LIFE_SECONDS - 1,
  RELIABILITY_HALF_LIFE_SECONDS,
  RELIABILITY_HALF_LIFE_SECONDS + 1,
  3 * RELIABILITY_HALF_LIFE_SECONDS + 12_345,
  16 * RELIABILITY_HALF_LIFE_SECONDS,
  17 * RELIABILITY_HALF_LIFE_SECONDS,
  400 * RELIABILITY_HALF_LIFE_SECONDS,
];

/** The text of `test/vectors/reliability.json`. */
export function reliabilityVectors(): string {
  const cases = SCORES.flatMap((score) =>
    ELAPSED_SECONDS.map((elapsedSeconds) => {
      const before = { score, updatedAt: START };
      const now = START + elapsedSeconds;
      const after = OUTCOMES.map((outcome) => [
        outcome,
        updatedReliability(before, outcome, now).score,
      ]);
      return {
        score,
        elapsedSeconds,
        decayed: reliabilityAt(before, now),
        ...Object.fromEntries(after),
      };
    }),
  );
  const { neutral, halfLifeSeconds } = {
    neutral: NEUTRAL_RELIABILITY,
    halfLifeSeconds: RELIABILITY_HALF_LIFE_SECONDS,
  };
  return vectorJson({ neutral, halfLifeSeconds, cases });
}

const SAMPLING_CASES: readonly (SamplingInput & { readonly name: string })[] = [
  {
    name: "everybody fits",
    seed: 1n,
    projectId: 1n,
    roundIndex: 0n,
    places: 5,
    reliabilities: [1, 2, 3, 4, 5],
  },
  { name: "nobody joined", seed: 1n, projectId: 1n, roundIndex: 0n, places: 5, reliabilities: [] },
  { name: "no places", seed: 1n, projectId: 1n, roundIndex: 0n, places: 0, reliabilities: [7, 7] },
  ...Array.from({ length: 12 }, (_, index) => ({
    name: `draw ${index}`,
    seed: (1n << 256n) - 1n - BigInt(index) * 0x123456789abcdef0123456789n,
    projectId: BigInt(1 + (index % 3)),
    roundIndex: BigInt(index),
    places: 3 + index,
    reliabilities: Array.from({ length: 20 + 3 * index }, (_, trainer) => (trainer * 7919) % 65536),
  })),
  {
    name: "equal and zero",
    seed: 99n,
    projectId: 5n,
    roundIndex: 9n,
    places: 5,
    reliabilities: Array<number>(32).fill(0),
  },
  {
    name: "one reliable among many",
    seed: 4n,
    projectId: 5n,
    roundIndex: 9n,
    places: 1,
    reliabilities: [0, 0, 65535, 0, 0, 0],
  },
];

/** The text of `test/vectors/sampling.json`. */
export function samplingVectors(): string {
  return vectorJson(
    SAMPLING_CASES.map((samplingCase) => ({
      ...samplingCase,
      drawn: sampledCandidates(samplingCase),
    })),
  );
}
