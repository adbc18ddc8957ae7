import type { Dataset } from "../data/dataset.ts";
import type { ComputeDevice } from "../jax/compiled-model.ts";
import type { ModelSpec } from "../model-spec.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";

/** How good a version of the model is. */
export interface ModelEvaluation extends Evaluation {
  readonly version: number;
}

/** Options of {@link extendEvaluationHistory}. */
export interface EvaluationHistoryParameters {
  readonly model: ModelSpec;
  /** What was evaluated before; kept as it is. */
  readonly history: readonly ModelEvaluation[];
  /** Versions that there are. */
  readonly versions: readonly number[];
  /** A version of the model, as floats; undefined for one that is not to be had, which is left out. */
  loadParameters(version: number): Promise<Float32Array | undefined>;
  /** The owner's validation samples. */
  readonly dataset: Dataset;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
  readonly onProgress?: (evaluation: ModelEvaluation) => void;
}

/** Evaluates the versions that are not in a history yet and returns the longer one, in their order. */
export async function extendEvaluationHistory(
  parameters: EvaluationHistoryParameters,
): Promise<ModelEvaluation[]> {
  const { model, history, dataset, device, signal } = parameters;
  const known = new Set(history.map(({ version }) => version));
  const added: ModelEvaluation[] = [];
  for (const version of parameters.versions) {
    if (known.has(version)) continue;
    const loaded = await parameters.loadParameters(version);
    if (loaded === undefined) continue;
    const quality = await evaluate({
      model,
      parameters: loaded,
      dataset,
      ...(device ? { device } : {}),
      ...(signal ? { signal } : {}),
    });
    const evaluation = { version, ...quality };
    added.push(evaluation);
    parameters.onProgress?.(evaluation);
  }
  return [...history, ...added].sort((a, b) => a.version - b.version);
}
