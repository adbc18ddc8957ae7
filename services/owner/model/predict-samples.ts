import { dataFileOptions } from "../../learning/data/data-file-options.ts";
import { encodeCsv } from "../../learning/data/formats/csv.ts";
import { isMnist, openDataset } from "../../learning/data/open-dataset.ts";
import { openUnlabelled, type UnlabelledSamples } from "../../learning/data/open-unlabelled.ts";
import { projectDataset } from "../../learning/data/project-dataset.ts";
import { predict } from "../../learning/training/predict.ts";
import { floatsOf } from "../../protocol/model/model-file.ts";
import { predictionsTable } from "./predictions-table.ts";
import type { PulledModel } from "./pull-model.ts";

/** What a model says of some samples. */
export interface SamplePredictions {
  readonly samples: number;
  /** How many samples it takes for each class. */
  readonly classes: readonly { readonly name: string; readonly samples: number }[];
  /** Mean of how sure it is of its answers, 0..1. */
  readonly meanConfidence: number;
  /** The predictions as a table with commas. */
  readonly csv: string;
}

/**
 * Predicts the classes of samples, read as the project reads samples; whether they have a class already does not matter.
 *
 * @throws CW3002 for a model without layers, CW3101 to CW3105 for samples that cannot be read or do not fit.
 */
export async function predictSamples(
  { committed, manifest }: PulledModel,
  options: {
    readonly source: string;
    readonly isDetailed: boolean;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((text: string) => void) | undefined;
  },
): Promise<SamplePredictions> {
  const { source, isDetailed, signal, onProgress } = options;
  const files = dataFileOptions(manifest.data);
  const { dataset, table, names }: UnlabelledSamples = isMnist(source)
    ? { dataset: await openDataset({ source, files }) }
    : await openUnlabelled(source, files);
  onProgress?.(`predicting ${dataset.size} samples`);
  const predictions = await predict({
    model: manifest.model,
    parameters: floatsOf(committed.model, committed.fractionBits),
    dataset: projectDataset(dataset, manifest.data),
    signal,
  });
  const { classes, probabilities, classCount } = predictions;
  const classNames = manifest.data.classes;
  const counts = new Array<number>(classCount).fill(0);
  let sureness = 0;
  for (const [i, predicted] of classes.entries()) {
    counts[predicted] = (counts[predicted] as number) + 1;
    sureness += probabilities[i * classCount + predicted] as number;
  }
  return {
    samples: classes.length,
    classes: counts.map((samples, k) => ({ name: classNames?.[k] ?? String(k), samples })),
    meanConfidence: sureness / classes.length,
    csv: encodeCsv(predictionsTable(predictions, { classNames, table, names, isDetailed })),
  };
}
