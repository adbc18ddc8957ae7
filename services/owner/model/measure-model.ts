import type { Chain } from "../../adapters/chain/connect.ts";
import { openCurve } from "../../adapters/curve/open-curve.ts";
import { dataFileOptions } from "../../learning/data/data-file-options.ts";
import type { Dataset } from "../../learning/data/dataset.ts";
import { openDataset } from "../../learning/data/open-dataset.ts";
import { projectDataset } from "../../learning/data/project-dataset.ts";
import { type Evaluation, evaluate } from "../../learning/training/evaluate.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { floatsOf } from "../../protocol/model/model-file.ts";
import type { ModelKeyring } from "../../protocol/model/private-model.ts";
import { ownerErrors } from "../errors.ts";
import { openFolderSets } from "../find-project.ts";
import type { ProjectFolder } from "../posting/project-folder.ts";
import type { ModelChoice } from "./choose-model.ts";
import { type PulledModel, pullModel } from "./pull-model.ts";

/** A model that opens its commitment on chain, and how good it is. */
export interface MeasuredModel {
  readonly published: PulledModel["published"];
  readonly classes: readonly string[] | undefined;
  readonly evaluation: Evaluation;
}

/** Measures models of one project; the curve is opened once. */
export interface ModelMeter {
  measure(choice: ModelChoice): Promise<MeasuredModel>;
  close(): Promise<void>;
}

/** Where the samples come from: a source, or the validation set of a project's folder. */
export interface SampleChoice {
  readonly source: string | undefined;
  readonly folder: ProjectFolder | undefined;
}

/** @throws CW4022 when there are neither samples nor a folder with a validation set. */
export async function openSamples(
  { source, folder }: SampleChoice,
  data: Manifest["data"],
): Promise<Dataset> {
  if (source !== undefined) return openDataset({ source, files: dataFileOptions(data) });
  const set = folder && (await openFolderSets(folder)).validationSet;
  if (set === undefined) throw new CommonweightError(ownerErrors.noSamples, "no --data, no folder");
  return set;
}

/** Opens a meter; nothing is fetched before the first model is measured. */
export function openModelMeter(options: {
  chain: Chain;
  projectId: bigint;
  parameterCount: number;
  contentStore: Pick<ContentStore, "get">;
  samples: SampleChoice;
  keyring?: ModelKeyring | undefined;
  cacheDir: string;
  srsPath?: string | undefined;
  signal: AbortSignal;
  onProgress?: (text: string) => void;
}): ModelMeter {
  const { parameterCount, cacheDir, srsPath, samples, signal, onProgress } = options;
  let curve: Awaited<ReturnType<typeof openCurve>> | undefined;
  let whole: Dataset | undefined;
  return {
    measure: async (choice) => {
      curve ??= await openCurve({ parameterCount, cacheDir, srsPath });
      const { committed, manifest, published } = await pullModel({ ...options, choice, curve });
      whole ??= projectDataset(await openSamples(samples, manifest.data), manifest.data);
      onProgress?.(`measuring model ${published.version} on ${whole.size} samples`);
      const evaluation = await evaluate({
        model: manifest.model,
        parameters: floatsOf(committed.model, committed.fractionBits),
        dataset: whole,
        signal,
      });
      return { published, classes: manifest.data.classes, evaluation };
    },
    close: async () => curve?.[Symbol.asyncDispose](),
  };
}
