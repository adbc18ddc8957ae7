import type { PointArithmetic } from "../../protocol/curve.ts";
import { verifyGram } from "../../protocol/gram/gram-verifier.ts";
import { publicSignals } from "../../protocol/round/public-signals.ts";
import type { AuditCheck } from "../audit-check.ts";
import type { RoundEvidence } from "../evidence/round-evidence.ts";
import type { RoundStatement } from "../evidence/round-statement.ts";

/** What an audit computes with; nothing of it is a secret. */
export interface AuditVerifiers {
  readonly curve: PointArithmetic;
  /** Verifies a proof under the key of the project's rule and number of slots. */
  readonly verifyRule: (proof: {
    readonly publicSignals: readonly bigint[];
    readonly groth16: readonly bigint[];
  }) => Promise<boolean>;
}

/** Verifies both proofs of a settlement. */
export async function checkProofs(
  evidence: RoundEvidence,
  statement: RoundStatement,
  verifiers: AuditVerifiers,
): Promise<AuditCheck[]> {
  const { proof } = evidence.request;
  const gram = await verifyGram({
    curve: verifiers.curve,
    proof: proof.gram,
    commitments: statement.commitments,
    dummyCommitment: proof.dummyCommitment,
    gramHash: proof.gramHash,
    outcomeWords: evidence.settlement.outcomeWords,
    context: statement.context,
    parameterCount: evidence.terms.parameterCount,
  });
  if (!gram.isAccepted) {
    return [
      { name: "Gram proof", isPassed: false, detail: gram.reason },
      { name: "rule proof", isPassed: false, detail: "has no inputs without a Gram proof" },
    ];
  }
  const isProven = await verifiers.verifyRule({
    publicSignals: publicSignals({
      outcomeWords: evidence.settlement.outcomeWords,
      alpha: gram.alpha,
      mu: gram.mu,
      gramHash: proof.gramHash,
      termsWords: statement.termsWords,
    }),
    groth16: proof.groth16,
  });
  return [
    {
      name: "Gram proof",
      isPassed: true,
      detail: "the committed updates have the hashed inner products",
    },
    {
      name: "rule proof",
      isPassed: isProven,
      detail: isProven
        ? "the outcome follows from the inner products by the rule"
        : "the outcome is not proven",
    },
  ];
}
