import type { Dataset } from "./dataset.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { ComputeDevice } from "./jax.ts";
import type { ModelSpec } from "./model-spec.ts";

/** How good the model was after a round. */
export interface RoundEvaluation extends Evaluation {
  readonly roundIndex: number;
}

/** Options of {@link extendEvaluationHistory}. */
export interface EvaluationHistoryParameters {
  readonly model: ModelSpec;
  /** What was evaluated before; kept as it is. */
  readonly history: readonly RoundEvaluation[];
  /** Rounds that have ended. */
  readonly roundIndices: readonly number[];
  /** The model after a round, as floats. */
  loadParameters(roundIndex: number): Promise<Float32Array>;
  /** The owner's validation samples. */
  readonly dataset: Dataset;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
  readonly onProgress?: (evaluation: RoundEvaluation) => void;
}

/** Evaluates the rounds that are not in a history yet and returns the longer one, in the order of rounds. */
export async function extendEvaluationHistory(
  parameters: EvaluationHistoryParameters,
): Promise<RoundEvaluation[]> {
  const { model, history, dataset, device, signal } = parameters;
  const known = new Set(history.map(({ roundIndex }) => roundIndex));
  const added: RoundEvaluation[] = [];
  for (const roundIndex of parameters.roundIndices) {
    if (known.has(roundIndex)) continue;
    const quality = await evaluate({
      model,
      parameters: await parameters.loadParameters(roundIndex),
      dataset,
      ...(device ? { device } : {}),
      ...(signal ? { signal } : {}),
    });
    const evaluation = { roundIndex, ...quality };
    added.push(evaluation);
    parameters.onProgress?.(evaluation);
  }
  return [...history, ...added].sort((a, b) => a.roundIndex - b.roundIndex);
}
