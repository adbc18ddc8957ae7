import { z } from "zod";
import type { G1Point } from "./curve.ts";

/** A number below 2^256 in decimal digits, without leading zeros. */
const decimalSchema = z.string().regex(/^(0|[1-9][0-9]{0,77})$/, "expected a decimal number");

/** A point as JSON carries it, which has no integers of 254 bits: its coordinates in decimal digits. */
export const decimalPointSchema = z.object({ x: decimalSchema, y: decimalSchema });
export type DecimalPoint = z.infer<typeof decimalPointSchema>;

/** For JSON. */
export const toDecimalPoint = ({ x, y }: G1Point): DecimalPoint => ({
  x: x.toString(),
  y: y.toString(),
});

/** Out of JSON that its schema has accepted; whether the point is on the curve is not asked. */
export const fromDecimalPoint = ({ x, y }: DecimalPoint): G1Point => ({
  x: BigInt(x),
  y: BigInt(y),
});
