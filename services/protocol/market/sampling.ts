import { CommonweightError } from "../errors.ts";
import { keccakWords } from "../gram/transcript.ts";
import { marketRuleErrors } from "./market-rule-errors.ts";
import { MAX_RELIABILITY } from "./reliability.ts";

/** Added to every reliability, so that nobody's chance is zero and a low score can recover. */
export const SAMPLING_FLOOR = 4096;

/** From whom and how many. */
export interface SamplingInput {
  /** `prevrandao` of the block that opens the round. */
  readonly seed: bigint;
  readonly projectId: bigint;
  readonly roundIndex: bigint;
  /** Most trainers of the round. */
  readonly places: number;
  /** One per candidate, in order of roster place: reliability at that time, 0 to 65535. */
  readonly reliabilities: readonly number[];
}

/**
 * Draws candidates without replacement, each draw in proportion to `reliability + 4096`:
 *
 * ```
 * draw d = 0, 1, ..:   ticket = keccak256(seed, projectId, roundIndex, d) mod (sum of weights of candidates not drawn yet)
 *                      drawn is the first of them, in roster order, whose running sum of weights exceeds the ticket
 * ```
 *
 * Nobody is left out when all fit. Twin: `Sampling.sol`.
 *
 * @returns indices into `reliabilities`, ascending.
 * @throws CommonweightError CW1052 for a reliability outside 0..65535 or a number of places that is not a whole one.
 */
export function sampledCandidates(input: SamplingInput): number[] {
  const { seed, projectId, roundIndex, places, reliabilities } = input;
  const isScore = (score: number) =>
    Number.isInteger(score) && score >= 0 && score <= MAX_RELIABILITY;
  if (!reliabilities.every(isScore) || !Number.isInteger(places) || places < 0) {
    throw new CommonweightError(marketRuleErrors.samplingMalformed);
  }
  let candidates = reliabilities.map((score, index) => ({ index, weight: score + SAMPLING_FLOOR }));
  if (candidates.length <= places) return candidates.map(({ index }) => index);

  const drawn: number[] = [];
  for (let draw = 0n; drawn.length < places; draw++) {
    const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
    let ticket = Number(keccakWords([seed, projectId, roundIndex, draw]) % BigInt(total));
    const chosen = candidates.find(({ weight }) => {
      ticket -= weight;
      return ticket < 0;
    });
    if (!chosen) break;
    drawn.push(chosen.index);
    candidates = candidates.filter((candidate) => candidate !== chosen);
  }
  return drawn.sort((left, right) => left - right);
}
