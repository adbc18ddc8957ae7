import { postEvaluation } from "../../adapters/aggregator-client.ts";
import type { Chain } from "../../adapters/chain/connect.ts";
import { readParticipant } from "../../adapters/chain/projects/participant.ts";
import type { PublishedModel } from "../../adapters/chain/rounds/published-models.ts";
import { signMessage } from "../../adapters/chain/sign.ts";
import type { ModelEvaluation } from "../../learning/training/evaluation-history.ts";
import type { EvaluationBody } from "../../protocol/market/api.ts";
import { evaluationSchema, MAX_LOSS_MILLIONTHS } from "../../protocol/market/api.ts";
import { evaluationMessage } from "../../protocol/market/signed-messages.ts";

/** Tells aggregators what was measured, each evaluation once; one that did not answer is told at the next call. */
export type PublishEvaluations = (
  evaluations: readonly ModelEvaluation[],
  models: readonly PublishedModel[],
) => Promise<void>;

/** Whole millionths, as they are signed. A model that has diverged has the greatest loss that can be said. */
function bodyOf(evaluation: ModelEvaluation, modelCid: string): Omit<EvaluationBody, "signature"> {
  const lossMillionths = Math.round(evaluation.loss * 1e6);
  return {
    version: evaluation.version,
    modelCid,
    accuracyMillionths: Math.round(evaluation.accuracy * 1e6),
    lossMillionths:
      lossMillionths <= MAX_LOSS_MILLIONTHS ? Math.max(0, lossMillionths) : MAX_LOSS_MILLIONTHS,
    samples: evaluation.samples,
  };
}

/**
 * Opens what hands a referee's measurements to the project's aggregators, who show them to whoever looks at the project. Nothing
 * depends on them: an aggregator that is away costs nothing but a point of a curve.
 */
export function createEvaluationPublisher(
  chain: Chain,
  options: {
    readonly projectId: bigint;
    readonly aggregators: readonly string[];
    readonly signal: AbortSignal;
  },
): PublishEvaluations {
  const { projectId, aggregators, signal } = options;
  const context = { chainId: chain.chainId, market: chain.addresses.market, projectId };
  const signed = new Map<number, EvaluationBody>();
  const told = new Set<string>();

  async function signedBody(
    evaluation: ModelEvaluation,
    models: readonly PublishedModel[],
  ): Promise<EvaluationBody | undefined> {
    const known = signed.get(evaluation.version);
    const model = models.find(({ version }) => version === evaluation.version);
    // Of a model whose name on chain is none, or one of another hash that is too long, nothing can be said that an aggregator would take.
    const isTaken = evaluationSchema.shape.modelCid.safeParse(model?.cid).success;
    if (known !== undefined || model === undefined || !isTaken) return known;
    const body = bodyOf(evaluation, model.cid);
    const signature = await signMessage(chain, evaluationMessage(context, body));
    signed.set(evaluation.version, { ...body, signature });
    return { ...body, signature };
  }

  return async (evaluations, models) => {
    for (const aggregator of aggregators) {
      const untold = evaluations.filter(({ version }) => !told.has(`${aggregator}/${version}`));
      if (untold.length === 0) continue;
      try {
        const { endpoint } = await readParticipant(chain, aggregator);
        for (const evaluation of untold) {
          const body = await signedBody(evaluation, models);
          if (body === undefined) continue;
          await postEvaluation(endpoint, projectId, body, { signal });
          told.add(`${aggregator}/${evaluation.version}`);
        }
      } catch {
        // Told at the next call.
      }
    }
  };
}
