import { countClasses } from "../model-spec.ts";
import { readScores, type ScoredSamples } from "./read-scores.ts";
import { requireLayers } from "./train-locally.ts";

/** What a model says of samples whose classes nobody knows. */
export interface Predictions {
  /** The class of each sample. */
  readonly classes: Int32Array;
  /** How sure the model says it is of each sample and class, 0..1; the classes of a sample follow each other. Not calibrated. */
  readonly probabilities: Float32Array;
  readonly classCount: number;
}

/**
 * Predicts the class of every sample.
 *
 * @throws CommonweightError CW3002 for a model without layers, CW3003 for wrong parameters, CW3006 when cancelled.
 */
export async function predict(options: ScoredSamples): Promise<Predictions> {
  const classCount = countClasses(requireLayers(options.model));
  const { size } = options.dataset;
  const classes = new Int32Array(size);
  const probabilities = new Float32Array(size * classCount);
  for await (const { sample, predicted, scores } of readScores(options)) {
    classes[sample] = predicted;
    const largest = scores[predicted] as number;
    const parts = scores.map((score) => Math.exp(score - largest));
    const sum = parts.reduce((all, part) => all + part, 0);
    probabilities.set(
      parts.map((part) => part / sum),
      sample * classCount,
    );
  }
  return { classes, probabilities, classCount };
}
