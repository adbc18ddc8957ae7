import { dataFileOptions } from "../../services/learning/data/data-file-options.ts";
import type { Dataset } from "../../services/learning/data/dataset.ts";
import { openDataset } from "../../services/learning/data/open-dataset.ts";
import { projectDataset } from "../../services/learning/data/project-dataset.ts";
import type { LayeredModelSpec } from "../../services/learning/model-spec.ts";
import {
  type Hyperparameters,
  roundHyperparameters,
} from "../../services/learning/training/hyperparameters.ts";
import { requireFit, requireLayers } from "../../services/learning/training/train-locally.ts";
import {
  defaultMarketOptions,
  type MarketModel,
  marketManifest,
} from "../../services/market/market-plan.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import { findSamples } from "../../services/worker/open-samples.ts";
import { readFitFile } from "../../services/worker/read-fit-subject.ts";

/** What a program is tried on. */
export interface Trial {
  readonly model: LayeredModelSpec;
  readonly data: Manifest["data"];
  readonly hyperparameters: Hyperparameters;
  /** What the program is given, and the same as we read it. */
  readonly dataPath: string;
  readonly samples: Dataset;
  /** What the models are measured on. */
  readonly measured: Dataset;
}

/** One of the models of `npm start`, on MNIST. */
export async function marketTrial(kind: MarketModel): Promise<Trial> {
  const { model, data } = marketManifest({ ...defaultMarketOptions, model: kind, seed: "1" });
  const read = async (source: string) =>
    projectDataset(await openDataset({ source, files: dataFileOptions(data) }), data);
  return {
    ...{ model: requireLayers(model), data, dataPath: await findSamples("mnist") },
    hyperparameters: { optimiser: "sgd", learningRate: 0.1, batchSize: 32, epochs: 1, steps: 500 },
    ...{ samples: await read("mnist"), measured: await read("mnist:test") },
  };
}

/**
 * A project's first round, on samples of one's own.
 *
 * @throws CommonweightError CW12xx for what is no manifest, CW3002 for a model without layers, CW31xx for samples that do not fit.
 */
export async function projectTrial(manifestPath: string, source: string): Promise<Trial> {
  const { model, data, training } = (await readFitFile(manifestPath)).manifest;
  const dataPath = await findSamples(source);
  const opened = await openDataset({ source: dataPath, files: dataFileOptions(data) });
  const samples = projectDataset(opened, data);
  const layers = requireLayers(model);
  requireFit(layers, samples);
  const hyperparameters = roundHyperparameters(training);
  return { model: layers, data, hyperparameters, dataPath, samples, measured: samples };
}
