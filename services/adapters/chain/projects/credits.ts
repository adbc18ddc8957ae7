import { getAddress, toBeHex } from "ethers";

const AMOUNT_BITS = 96n;
const AMOUNT_MASK = (1n << AMOUNT_BITS) - 1n;

/**
 * Takes a settlement's credits apart, in order of submission.
 *
 * @param credits Words of the event `RoundSettled`: `trainer << 96 | wei`, together because an event pays for every word.
 */
export function splitCredits(credits: Iterable<bigint>): {
  readonly trainers: string[];
  readonly earningsWei: bigint[];
} {
  const words = [...credits];
  return {
    trainers: words.map((word) => getAddress(toBeHex(word >> AMOUNT_BITS, 20))),
    earningsWei: words.map((word) => word & AMOUNT_MASK),
  };
}
