import { type Groth16Proof, groth16, wtns } from "snarkjs";
import type { LongCallOptions } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { ProveRule } from "../../protocol/round/prove-round.ts";
import { ruleCircuitInput } from "./circuit-input.ts";
import { snarkErrors } from "./errors.ts";
import { closeSnarkThreads } from "./snark-threads.ts";

/** The files of a circuit, as `adapters/artifacts` reads them. */
export interface CircuitFiles {
  /** Witness calculator. */
  readonly wasm: Uint8Array;
  /** Groth16 proving key. */
  readonly provingKey: Uint8Array;
}

/** A Groth16 proof with what it is about. */
export interface CircuitProof {
  /** pA, pB, pC in the order of the EVM's pairing precompile. */
  readonly groth16: readonly bigint[];
  readonly publicSignals: readonly bigint[];
}

function emptyFile() {
  return { type: "mem" as const, data: new Uint8Array() };
}

/** snarkjs' proof as the EVM takes it: imaginary parts first. */
function evmProof({ pi_a: a, pi_b: b, pi_c: c }: Groth16Proof): bigint[] {
  return [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1]].map(BigInt);
}

async function calculateWitness(wasm: Uint8Array, input: Readonly<Record<string, unknown>>) {
  const witness = emptyFile();
  try {
    await wtns.calculate(input, wasm, witness);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new CommonweightError(snarkErrors.noWitness, reason, { cause });
  }
  return witness;
}

/** Rejects with the signal's reason as soon as it fires. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Computes witness and proof of a circuit. One proof at a time a process: an abort stops the threads that proofs share.
 *
 * @throws CommonweightError CW2050 when the circuit has no witness for this input.
 */
export async function proveCircuit(
  { wasm, provingKey }: CircuitFiles,
  input: Readonly<Record<string, unknown>>,
  { signal, onProgress }: LongCallOptions = {},
): Promise<CircuitProof> {
  signal?.throwIfAborted();
  onProgress?.(0, "witness of the rule");
  const witness = await calculateWitness(wasm, input);
  onProgress?.(0.2, "proof of the rule");
  signal?.throwIfAborted();
  const proving = groth16.prove(provingKey, witness);
  try {
    const { proof, publicSignals } = await orAborted(proving, signal);
    onProgress?.(1, "proof of the rule");
    return { groth16: evmProof(proof), publicSignals: publicSignals.map(BigInt) };
  } catch (error) {
    // What the threads were doing is of no use any more, and snarkjs has no other way to stop.
    proving.catch(() => {});
    await closeSnarkThreads();
    throw error;
  }
}

/**
 * Makes the Groth16 prover of rounds.
 *
 * snarkjs starts threads and keeps them for the next proof: call {@link closeSnarkThreads} at the end, or the process stays.
 */
export function createRuleProver(
  read: (ruleId: number, slotCount: number) => Promise<CircuitFiles>,
): ProveRule {
  return async (input, { signal, onProgress }) => {
    onProgress?.(0, "circuit files");
    const artifacts = await read(input.ruleId, input.terms.slotCount);
    return await proveCircuit(artifacts, ruleCircuitInput(input), { signal, onProgress });
  };
}
