import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { type RunExternalTrainerParameters, runExternalTrainer } from "./external-trainer.ts";
import {
  readTrainingResult,
  type TrainerMetrics,
  type TrainingJob,
  writeTrainingJob,
} from "./training-job.ts";

/**
 * Trains with the trainer's own program: writes the job, runs it, reads the result. The job folder is left for inspection.
 *
 * @throws CommonweightError CW3301 to CW3303 as {@link runExternalTrainer}, CW3304 for a result that does not fit, or changes nothing.
 */
export async function trainExternally(
  parameters: RunExternalTrainerParameters & { readonly job: TrainingJob },
): Promise<{ parameters: Float32Array; metrics: TrainerMetrics }> {
  const { jobFolder, job } = parameters;
  await writeTrainingJob(jobFolder, job);
  await runExternalTrainer(parameters);
  const trained = await readTrainingResult(jobFolder, job.model);
  if (trained.parameters.every((value, i) => value === job.parameters[i])) {
    const message = "the program gave back the model that it was given: nothing was trained";
    throw new CommonweightError(learningErrors.trainerResultInvalid, message);
  }
  return trained;
}
