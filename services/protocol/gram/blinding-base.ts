import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { BASE_FIELD, type G1Point } from "../curve.ts";

/** Hashed to the curve to give H, the base of every blinding; nobody can know its logarithm. */
const BLINDING_BASE_SEED = "commonweight/H/v1";

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % BASE_FIELD;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % BASE_FIELD;
    square = (square * square) % BASE_FIELD;
  }
  return result;
}

/**
 * Hashes a text to BN254's G1 by try-and-increment: the first counter whose `x = keccak256(seed, uint32 counter) mod q`
 * has a point, and of its two points the one with the smaller y.
 *
 * For public constants only: the number of tries depends on the seed, so it must not be used on secrets.
 */
export function hashToCurve(seed: string): G1Point {
  for (let counter = 0; ; counter++) {
    const suffix = new Uint8Array(4);
    new DataView(suffix.buffer).setUint32(0, counter);
    const hash = keccak_256(concatBytes(utf8ToBytes(seed), suffix));
    const x = BigInt(`0x${bytesToHex(hash)}`) % BASE_FIELD;
    const square = (x * x * x + 3n) % BASE_FIELD;
    // q = 3 (mod 4), so this is a square root exactly when there is one.
    const root = power(square, (BASE_FIELD + 1n) / 4n);
    if ((root * root) % BASE_FIELD !== square) continue;
    return { x, y: root > (BASE_FIELD - 1n) / 2n ? BASE_FIELD - root : root };
  }
}

/** H, the base of every blinding. Twin: the constant in `GramProof.sol`. */
export const BLINDING_BASE: G1Point = hashToCurve(BLINDING_BASE_SEED);

/** True for a point of the curve with coordinates below q, or (0, 0). G1 has cofactor one: no subgroup check is needed. */
export function isG1Point({ x, y }: G1Point): boolean {
  if (x < 0n || y < 0n || x >= BASE_FIELD || y >= BASE_FIELD) return false;
  if (x === 0n && y === 0n) return true;
  return (y * y - x * x * x - 3n) % BASE_FIELD === 0n;
}
