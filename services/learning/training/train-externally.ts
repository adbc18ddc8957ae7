import { type RunExternalTrainerParameters, runExternalTrainer } from "./external-trainer.ts";
import {
  readTrainingResult,
  type TrainerMetrics,
  type TrainingJob,
  writeTrainingJob,
} from "./training-job.ts";

/** Trains with the trainer's own program: writes the job, runs it, reads the result. The job folder is left for inspection. */
export async function trainExternally(
  parameters: RunExternalTrainerParameters & { readonly job: TrainingJob },
): Promise<{ parameters: Float32Array; metrics: TrainerMetrics }> {
  await writeTrainingJob(parameters.jobFolder, parameters.job);
  await runExternalTrainer(parameters);
  return readTrainingResult(parameters.jobFolder, parameters.job.model);
}
