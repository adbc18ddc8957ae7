import { type Curve, type G1Point, isSamePoint } from "../curve.ts";
import { type RandomBytes, scalarSum } from "../scalar.ts";
import { BLINDING_BASE } from "./blinding-base.ts";

/** An opened update and the commitment that it is said to open. */
export interface ClaimedOpening {
  readonly update: Int16Array;
  /** Below the scalar field's order. */
  readonly blinding: bigint;
  readonly claimed: G1Point;
}

/** Bits of a random factor: with 16 of an entry and 4 of the sum they fill {@link DIGITS} signed digits. */
const FACTOR_BITS = 28;
const DIGITS = 3;
const DIGIT_BASE = 2 ** 16;

/** As many openings can be checked at once. */
export const MOST_OPENINGS = 16;
/** From so many on it is quicker to check them at once: a check costs as much as {@link DIGITS} commitments. */
export const FEWEST_OPENINGS = DIGITS + 1;

/**
 * Whether all updates open their commitments, by one random combination of them: three commitments' work, whatever their number.
 *
 * A wrong one passes with a probability of 2^-28, for factors that its author cannot foresee. That is enough to find out who is to be
 * left out of a round, because nothing rests on it: the round's proof does not verify with an update that is not the committed one.
 *
 * @param openings At most {@link MOST_OPENINGS}.
 */
export async function openAllCommitments(
  curve: Pick<Curve, "commitIntegers" | "linearCombination">,
  openings: readonly ClaimedOpening[],
  randomBytes: RandomBytes,
): Promise<boolean> {
  if (openings.length > MOST_OPENINGS) throw new RangeError(`${openings.length} openings at once`);
  const factors = openings.map(() => randomFactor(randomBytes));
  const digits = combine(openings, factors);
  const commitments = await Promise.all(digits.map((digit) => curve.commitIntegers(digit)));
  const bigFactors = factors.map(BigInt);
  const blinding = scalarSum(
    openings.map((each, index) => each.blinding * (bigFactors[index] as bigint)),
  );
  const [opened, claimed] = await Promise.all([
    curve.linearCombination(
      [...commitments, BLINDING_BASE],
      [...digits.map((_, place) => BigInt(DIGIT_BASE) ** BigInt(place)), blinding],
    ),
    curve.linearCombination(
      openings.map((each) => each.claimed),
      bigFactors,
    ),
  ]);
  return isSamePoint(opened, claimed);
}

function randomFactor(randomBytes: RandomBytes): number {
  const bytes = randomBytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) >>> (32 - FACTOR_BITS);
}

/** `sum_i factors[i] * updates[i]`, entry by entry, in signed digits to the base 2^16, lowest first. Exact: every sum is below 2^47. */
function combine(openings: readonly ClaimedOpening[], factors: readonly number[]): Int16Array[] {
  const length = Math.max(0, ...openings.map(({ update }) => update.length));
  const sums = new Float64Array(length);
  for (const [index, { update }] of openings.entries()) {
    const factor = factors[index] as number;
    for (let j = 0; j < update.length; j++) {
      sums[j] = (sums[j] as number) + factor * (update[j] as number);
    }
  }
  const digits = Array.from({ length: DIGITS }, () => new Int16Array(length));
  for (let j = 0; j < length; j++) {
    let rest = sums[j] as number;
    for (const digit of digits) {
      // The nearest multiple of the base leaves a digit from -2^15 to 2^15 - 1.
      const carried = Math.floor((rest + DIGIT_BASE / 2) / DIGIT_BASE);
      digit[j] = rest - carried * DIGIT_BASE;
      rest = carried;
    }
  }
  return digits;
}
