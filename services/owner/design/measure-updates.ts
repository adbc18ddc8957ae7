import { subsetDataset } from "../../learning/data/dataset.ts";
import { projectDataset } from "../../learning/data/project-dataset.ts";
import { learningErrors } from "../../learning/errors.ts";
import { seededRandom, shuffledIndices } from "../../learning/random.ts";
import {
  calibrateProject,
  type ProjectCalibration,
} from "../../learning/training/calibrate-project.ts";
import { CommonweightError, isErrorOf } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { modelFor, trainingFor } from "./design-project.ts";
import type { DataSummary } from "./inspect-data.ts";
import type { ProjectAnswers } from "./project-questions.ts";

/** Samples that are enough to measure updates on. */
const MEASURED_SAMPLES = 4000;
const LEARNING_RATES = [0.1, 0.03, 0.01];

/** Settings of training, and the numbers of the proof that fit it. */
export interface MeasuredUpdates {
  readonly training: Manifest["training"];
  readonly calibration: ProjectCalibration;
}

/**
 * Measures honest updates on the owner's data, with the largest learning rate that does not diverge. Runs in Node and in the
 * browser.
 *
 * @throws CW3005 when training diverges whatever the rate, CW3006 when cancelled, and what `calibrateProject` throws.
 */
export async function measureUpdates({
  answers,
  summary,
  signal,
}: {
  readonly answers: Pick<ProjectAnswers, "title" | "model" | "trainers" | "samplesEach">;
  readonly summary: Pick<DataSummary, "samples" | "dataset" | "data">;
  readonly signal?: AbortSignal | undefined;
}): Promise<MeasuredUpdates> {
  const model = modelFor(answers, summary);
  const inputShape = model.kind === "layers" ? model.inputShape : summary.data.inputShape;
  const most = shuffledIndices(summary.samples, seededRandom("commonweight/measure"));
  const data = projectDataset(subsetDataset(summary.dataset, most.subarray(0, MEASURED_SAMPLES)), {
    ...summary.data,
    inputShape,
  });
  for (const learningRate of LEARNING_RATES) {
    const training = trainingFor(answers, learningRate);
    const trainers = Math.max(
      1,
      Math.min(answers.trainers, Math.floor(data.size / training.batchSize)),
    );
    try {
      const calibration = await calibrateProject({
        ...{ model, hyperparameters: training, data, trainers, seed: answers.title },
        ...(signal ? { signal } : {}),
      });
      return { training, calibration };
    } catch (error) {
      const isDiverged = isErrorOf(error, learningErrors.diverged);
      if (!isDiverged || learningRate === LEARNING_RATES.at(-1)) throw error;
    }
  }
  throw new CommonweightError(learningErrors.diverged);
}
