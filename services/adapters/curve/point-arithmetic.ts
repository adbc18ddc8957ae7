import type { Bn128 } from "ffjavascript";
import {
  type G1Point,
  type G2Point,
  INFINITY,
  type PairingSide,
  type PointArithmetic,
} from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { isG1Point } from "../../protocol/gram/blinding-base.ts";
import { toScalar } from "../../protocol/scalar.ts";
import { curveErrors } from "./errors.ts";
import { littleEndianBytes } from "./scalar-bytes.ts";

/** An affine point in the wasm program's form, 64 bytes; all zero for infinity. */
export function g1Bytes(bn: Bn128, point: G1Point): Uint8Array {
  if (!isG1Point(point)) {
    throw new CommonweightError(curveErrors.pointOffCurve, undefined, { details: { point } });
  }
  const bytes = new Uint8Array(64);
  if (point.x === 0n && point.y === 0n) return bytes;
  bytes.set(bn.F1.e(point.x), 0);
  bytes.set(bn.F1.e(point.y), 32);
  return bytes;
}

/** The point behind 64 (affine) or 96 (Jacobian) bytes. */
export function g1Point(bn: Bn128, bytes: Uint8Array): G1Point {
  if (bn.G1.isZero(bytes)) return INFINITY;
  const affine = bn.G1.toAffine(bytes);
  return { x: bn.F1.toObject(affine.slice(0, 32)), y: bn.F1.toObject(affine.slice(32, 64)) };
}

/** A G2 point in the wasm program's affine form, 128 bytes. */
export function g2Bytes(bn: Bn128, { x, y }: G2Point): Uint8Array {
  const bytes = new Uint8Array(128);
  for (const [index, value] of [...x, ...y].entries()) bytes.set(bn.F1.e(value), index * 32);
  return bytes;
}

/** The G2 point behind 128 affine bytes. */
export function g2Point(bn: Bn128, bytes: Uint8Array): G2Point {
  const at = (index: number) => bn.F1.toObject(bytes.slice(index * 32, index * 32 + 32));
  return { x: [at(0), at(1)], y: [at(2), at(3)] };
}

/** Arithmetic on single points, on the calling thread. */
export function createPointArithmetic(bn: Bn128, tauG2: G2Point): PointArithmetic {
  const sides: Record<PairingSide, Uint8Array> = {
    one: bn.G2.toAffine(bn.G2.g),
    tau: g2Bytes(bn, tauG2),
  };
  return {
    async linearCombination(points, scalars) {
      if (points.length !== scalars.length) throw new CommonweightError(curveErrors.lengthMismatch);
      const terms = points
        .map((point, index) => ({ point, scalar: toScalar(scalars[index] as bigint) }))
        .filter(({ point, scalar }) => scalar !== 0n && (point.x !== 0n || point.y !== 0n));
      for (const point of points) g1Bytes(bn, point);
      if (terms.length === 0) return INFINITY;
      const bases = new Uint8Array(terms.length * 64);
      const factors = new Uint8Array(terms.length * 32);
      for (const [index, { point, scalar }] of terms.entries()) {
        bases.set(g1Bytes(bn, point), index * 64);
        factors.set(littleEndianBytes(scalar), index * 32);
      }
      return g1Point(bn, await bn.G1.multiExpAffine(bases, factors));
    },
    async isPairingProductOne(pairs) {
      // A pairing with infinity is one; the program's Miller loop expects a finite point.
      const finite = pairs.filter(({ g1 }) => g1.x !== 0n || g1.y !== 0n);
      if (finite.length === 0) return true;
      return bn.pairingEq(...finite.flatMap(({ g1, g2 }) => [g1Bytes(bn, g1), sides[g2]]));
    },
  };
}
