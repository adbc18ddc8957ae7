import type { Bn128 } from "ffjavascript";
import { BASE_FIELD, type G1Point, SCALAR_FIELD } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { isScalar } from "../../protocol/scalar.ts";
import { g1Bytes, g2Bytes } from "../curve/point-arithmetic.ts";
import { buildWasmProgram } from "../curve/wasm-program.ts";
import { snarkErrors } from "./errors.ts";

/** A Groth16 verifying key in the JSON of snarkjs: decimal numbers, points with a third coordinate, real parts first. */
export interface VerifyingKeyJson {
  readonly vk_alpha_1: readonly string[];
  readonly vk_beta_2: readonly (readonly string[])[];
  readonly vk_gamma_2: readonly (readonly string[])[];
  readonly vk_delta_2: readonly (readonly string[])[];
  readonly IC: readonly (readonly string[])[];
}

/** What to verify. */
export interface RuleProof {
  readonly verifyingKey: VerifyingKeyJson;
  /** In the circuit's order: see `publicSignals` in services/protocol. */
  readonly publicSignals: readonly bigint[];
  /** pA, pB, pC in the order of the EVM's pairing precompile: 8 words. */
  readonly groth16: readonly bigint[];
}

/** Verifies Groth16 proofs without any thread or file. */
export type VerifyRule = (proof: RuleProof) => Promise<boolean>;

function pointOf(coordinates: readonly string[]): G1Point {
  return { x: BigInt(coordinates[0] as string), y: BigInt(coordinates[1] as string) };
}

function keyG2(bn: Bn128, [x, y]: readonly (readonly string[])[]): Uint8Array {
  const pair = (part: readonly string[] | undefined) =>
    [BigInt(part?.[0] as string), BigInt(part?.[1] as string)] as const;
  return g2Bytes(bn, { x: pair(x), y: pair(y) });
}

interface KeyPoints {
  readonly alpha: Uint8Array;
  readonly beta: Uint8Array;
  readonly gamma: Uint8Array;
  readonly delta: Uint8Array;
  readonly ic: readonly G1Point[];
}

function readKey(bn: Bn128, key: VerifyingKeyJson): KeyPoints {
  try {
    return {
      alpha: g1Bytes(bn, pointOf(key.vk_alpha_1)),
      beta: keyG2(bn, key.vk_beta_2),
      gamma: keyG2(bn, key.vk_gamma_2),
      delta: keyG2(bn, key.vk_delta_2),
      ic: key.IC.map(pointOf),
    };
  } catch (cause) {
    throw new CommonweightError(snarkErrors.keyMalformed, undefined, { cause });
  }
}

/** The three points of a proof, or null when one is not in its group. */
function readProof(bn: Bn128, words: readonly bigint[]) {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = words as readonly [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  try {
    // Its negative, in the form that the product of pairings takes.
    const negatedA = g1Bytes(bn, { x: ax, y: ay === 0n ? 0n : BASE_FIELD - ay });
    const c = g1Bytes(bn, { x: cx, y: cy });
    const b = g2Bytes(bn, { x: [bx0, bx1], y: [by0, by1] });
    // The curve of G2 has points outside the group, with which the pairing means nothing. The EVM checks the same.
    const isInGroup = bn.G2.isValid(b) && bn.G2.isZero(bn.G2.timesScalar(b, SCALAR_FIELD));
    return isInGroup ? { negatedA, b, c } : null;
  } catch {
    return null;
  }
}

/**
 * Opens a verifier, about a tenth of a second. On the calling thread, in Node and in the browser; nothing to close.
 *
 * The returned function resolves to false for every proof that does not verify, malformed ones included.
 * @throws CommonweightError CW2051 (from the returned function) when the key cannot be read.
 */
export async function openRuleVerifier(): Promise<VerifyRule> {
  const { bn } = await buildWasmProgram();
  return async ({ verifyingKey, publicSignals, groth16 }) => {
    const key = readKey(bn, verifyingKey);
    if (groth16.length !== 8 || publicSignals.length + 1 !== key.ic.length) return false;
    // A signal plus the field's order would verify as well and mean something else to whoever reads it.
    if (!publicSignals.every(isScalar)) return false;
    if (!groth16.every((word) => word >= 0n && word < BASE_FIELD)) return false;
    const proof = readProof(bn, groth16);
    if (proof === null) return false;
    const statement = publicSignals.reduce(
      (sum, signal, index) =>
        bn.G1.add(sum, bn.G1.timesScalar(g1Bytes(bn, key.ic[index + 1] as G1Point), signal)),
      g1Bytes(bn, key.ic[0] as G1Point),
    );
    return await bn.pairingEq(
      ...[proof.negatedA, proof.b, key.alpha, key.beta],
      ...[bn.G1.toAffine(statement), key.gamma, proof.c, key.delta],
    );
  };
}
