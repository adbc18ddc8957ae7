import { groth16 } from "snarkjs";
import { SCALAR_FIELD } from "../../protocol/curve.ts";
import type { ProveRule, RuleProofInput } from "../../protocol/prove-round.ts";
import { outcomeWordCount, packTerms } from "../../protocol/public-signals.ts";
import type { CircuitArtifacts } from "../artifacts/circuit-artifacts.ts";

/** The circuit's private and public inputs, by their names in `TrustRule.circom`. */
export function ruleCircuitInput(input: RuleProofInput): Record<string, bigint | bigint[]> {
  const upperTriangle = input.gram.flatMap((row, i) =>
    row.slice(i).map((entry) => ((entry % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD),
  );
  return {
    alpha: input.alpha,
    mu: input.mu,
    gramHash: input.gramHash,
    terms: packTerms(input.terms),
    gram: upperTriangle,
    dummyRow: [...input.dummyRow],
    salt: input.salt,
  };
}

/** Makes the Groth16 prover of a rule's circuit. snarkjs keeps its threads: end the process to be rid of them. */
export function createRuleProver(
  read: (ruleId: number, slotCount: number) => Promise<CircuitArtifacts>,
): ProveRule {
  return async (input, { signal, onProgress }) => {
    const { slotCount } = input.terms;
    onProgress?.(0, "circuit files");
    const { wasm, provingKey } = await read(input.ruleId, slotCount);
    signal?.throwIfAborted();
    onProgress?.(0.1, "witness and rule proof");
    const { proof, publicSignals } = await groth16.fullProve(
      ruleCircuitInput(input),
      wasm,
      provingKey,
    );
    signal?.throwIfAborted();
    const { pi_a: a, pi_b: b, pi_c: c } = proof;
    // The precompile takes the imaginary part of a coordinate first.
    const groth16Words = [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1]].map(BigInt);
    return {
      groth16: groth16Words,
      outcomeWords: publicSignals.slice(0, outcomeWordCount(slotCount)).map(BigInt),
    };
  };
}
