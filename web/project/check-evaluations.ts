import { recoverMessageSigner } from "../../services/adapters/chain/sign.ts";
import { isSameAddress } from "../../services/protocol/address.ts";
import type { EvaluationBody } from "../../services/protocol/market/api.ts";
import { evaluationMessage } from "../../services/protocol/market/signed-messages.ts";

/** What a referee claims of a model, and what the page found out about the claim itself. */
export interface EvaluationClaim {
  readonly version: number;
  /** 0 to 1. */
  readonly accuracy: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  readonly samples: number;
  /** Why the page does not show the claim; null when the referee signed it, for the model that the chain has. */
  readonly problem: string | null;
}

/** What claims are held against: who may make them, and which models there are. */
export interface EvaluationSubject {
  readonly chainId: bigint;
  /** Address of the market contract. */
  readonly market: string;
  readonly projectId: bigint;
  readonly referee: string;
  /** The models of the chain. */
  readonly models: readonly { readonly version: number; readonly cid: string }[];
}

/**
 * Checks who signed claims about models, and that they are about this project's models: a server may withhold claims, not make them.
 * That a claim is true is not checked: it can't be. Those about models that were not there yet when the chain was read are left for the
 * next look.
 */
export function checkEvaluations(
  evaluations: readonly EvaluationBody[],
  subject: EvaluationSubject,
): EvaluationClaim[] {
  const seen = new Set<number>();
  const newest = Math.max(-1, ...subject.models.map(({ version }) => version));
  return evaluations
    .filter(({ version }) => version <= newest)
    .sort((one, other) => one.version - other.version)
    .map((evaluation) => {
      const { version, accuracyMillionths, lossMillionths, samples } = evaluation;
      const problem =
        problemOf(evaluation, subject) ??
        (seen.has(version) ? "a second claim about the same model" : null);
      if (problem === null) seen.add(version);
      const [accuracy, loss] = [accuracyMillionths / 1e6, lossMillionths / 1e6];
      return { version, accuracy, loss, samples, problem };
    });
}

function problemOf(
  { signature, ...evaluation }: EvaluationBody,
  { referee, models, ...context }: EvaluationSubject,
): string | null {
  const model = models.find(({ version }) => version === evaluation.version);
  if (model === undefined) return "the chain has no such model";
  if (model.cid !== evaluation.modelCid) return "it is about another file than the chain's";
  const signer = recoverMessageSigner(evaluationMessage(context, evaluation), signature);
  return isSameAddress(signer, referee) ? null : "the referee did not sign it";
}
