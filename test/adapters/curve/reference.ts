import { bn254 } from "@noble/curves/bn254.js";
import { DEVELOPMENT_TAU } from "../../../services/adapters/curve/development-tau.ts";
import { type G1Point, SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { seededBytes } from "../../protocol/gram-cases.ts";

/** `scalar * G` by another library, in the EVM's notation. */
export function timesGenerator(scalar: bigint): G1Point {
  const reduced = ((scalar % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;
  if (reduced === 0n) return { x: 0n, y: 0n };
  const { x, y } = bn254.G1.Point.BASE.multiply(reduced).toAffine();
  return { x, y };
}

/** What a commitment under development powers must be: the polynomial at tau, times G. */
export function commitmentUnderDevelopmentTau(values: readonly bigint[]): G1Point {
  return timesGenerator(horner(values, DEVELOPMENT_TAU));
}

/** The polynomial with these coefficients at `point`. */
export function horner(values: readonly bigint[], point: bigint): bigint {
  return values.reduceRight((sum, value) => (sum * point + value) % SCALAR_FIELD, 0n);
}

/** Reproducible scalars. */
export function seededScalars(seed: string, count: number): bigint[] {
  const random = seededBytes(seed);
  return Array.from(
    { length: count },
    () => random(40).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) % SCALAR_FIELD,
  );
}
