import { bn254 } from "@noble/curves/bn254.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type G1Point, INFINITY, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { scalarInverse, toScalar } from "../../services/protocol/scalar.ts";

/** A point of the second group in the EVM's order: imaginary parts first. */
export interface EvmG2Point {
  readonly x: readonly [bigint, bigint];
  readonly y: readonly [bigint, bigint];
}

/** Solidity's `VerifyingKey`. */
export interface VerifyingKeyPoints {
  readonly alpha: G1Point;
  readonly beta: EvmG2Point;
  readonly gamma: EvmG2Point;
  readonly delta: EvmG2Point;
  readonly ic: readonly G1Point[];
}

/** A Groth16 key with its secrets: whoever has them proves any public signals, true or not. */
export interface TrapdoorKey {
  readonly ruleId: number;
  readonly slots: number;
  readonly points: VerifyingKeyPoints;
  /**
   * A proof for these public signals, in the EVM's order of 8 words.
   *
   * @param error Leaves the rule's equation wrong by this multiple of `e([1], [1])`: one half of an attempt to let two
   * wrong equations cancel each other.
   */
  prove(signals: readonly bigint[], error?: bigint): readonly bigint[];
}

/** `scalar` times the first group's generator. */
export function g1(scalar: bigint): G1Point {
  const reduced = toScalar(scalar);
  return reduced === 0n ? INFINITY : bn254.G1.Point.BASE.multiply(reduced).toAffine();
}

/** `scalar` times the second group's generator. */
export function g2(scalar: bigint): EvmG2Point {
  const { x, y } = bn254.G2.Point.BASE.multiply(toScalar(scalar)).toAffine();
  return { x: [x.c1, x.c0], y: [y.c1, y.c0] };
}

/** Public signals of every circuit: folded, alpha, gramHash. */
const SIGNAL_COUNT = 3;

function secret(name: string): bigint {
  return BigInt(`0x${bytesToHex(keccak_256(utf8ToBytes(name)))}`) % SCALAR_FIELD;
}

/**
 * A key made from secrets that follow from its name. The contract cannot tell it from a real one, so tests of everything
 * around the rule's circuit need no circuit, and can give the attacker a false rule proof for free.
 */
export function trapdoorKey(ruleId: number, slots: number): TrapdoorKey {
  const name = `commonweight test key/${ruleId}/${slots}`;
  const [alpha, beta, delta] = ["alpha", "beta", "delta"].map((part) => secret(`${name}/${part}`));
  const ic = Array.from({ length: SIGNAL_COUNT + 1 }, (_, i) => secret(`${name}/ic/${i}`));
  if (alpha === undefined || beta === undefined || delta === undefined) throw new TypeError(name);
  const points = {
    alpha: g1(alpha),
    beta: g2(beta),
    gamma: g2(1n),
    delta: g2(delta),
    ic: ic.map(g1),
  };
  return {
    ruleId,
    slots,
    points,
    prove(signals, error = 0n) {
      const [a, b] = ["a", "b"].map((part) => secret(`${name}/proof/${part}`));
      if (a === undefined || b === undefined) throw new TypeError(name);
      const statement = signals.reduce(
        (sum, signal, i) => sum + signal * (ic[i + 1] ?? 0n),
        ic[0] ?? 0n,
      );
      const c = toScalar(a * b - alpha * beta - statement - error) * scalarInverse(delta);
      const [pointA, pointB, pointC] = [g1(a), g2(b), g1(c)];
      return [pointA.x, pointA.y, ...pointB.x, ...pointB.y, pointC.x, pointC.y];
    },
  };
}
