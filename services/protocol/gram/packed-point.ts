import type { G1Point } from "../curve.ts";

/**
 * A point of BN254's first group as one number: its first coordinate, the parity of the second in bit 254, bit 255 set; 0 stands for
 * the point at infinity.
 *
 * Twin: contracts/libraries/PackedPoints.sol
 */
export const packPoint = ({ x, y }: G1Point): bigint =>
  x === 0n && y === 0n ? 0n : (1n << 255n) | ((y & 1n) << 254n) | x;
