import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";

/** How the learning rate falls over the rounds of a project. Rounds count from 0. */
export type LearningRateSchedule =
  | { readonly kind: "constant" }
  | { readonly kind: "step"; readonly everyRounds: number; readonly factor: number }
  | { readonly kind: "cosine"; readonly overRounds: number; readonly floor: number };

/** Settings of local training, the same for all trainers of a project. */
export interface Hyperparameters {
  readonly optimiser: "sgd" | "adam";
  readonly learningRate: number;
  readonly batchSize: number;
  /** Passes over the local data; ignored when `steps` is given. */
  readonly epochs: number;
  /** Number of batches instead of epochs: equal work whatever the size of the data. */
  readonly steps?: number | undefined;
  readonly momentum?: number | undefined;
  readonly proximal?: number | undefined;
  readonly weightDecay?: number | undefined;
  readonly schedule?: LearningRateSchedule | undefined;
}

/** What may change from round to round: the owner's bounds, both ends allowed. */
export interface HyperparameterBounds {
  readonly learningRate: readonly [min: number, max: number];
  readonly epochs: readonly [min: number, max: number];
}

function invalid(message: string): CommonweightError {
  return new CommonweightError(learningErrors.hyperparametersInvalid, message);
}

/** @throws CommonweightError CW3004 naming the first setting that is out of range. */
export function checkHyperparameters(settings: Hyperparameters): void {
  const {
    learningRate,
    batchSize,
    epochs,
    steps,
    momentum = 0,
    proximal = 0,
    weightDecay = 0,
  } = settings;
  if (!(learningRate > 0 && learningRate <= 100)) throw invalid(`learning rate ${learningRate}`);
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 65536) {
    throw invalid(`batch size ${batchSize}`);
  }
  if (!(epochs > 0 && epochs <= 10_000)) throw invalid(`epochs ${epochs}`);
  if (steps !== undefined && (!Number.isInteger(steps) || steps < 1))
    throw invalid(`steps ${steps}`);
  if (!(momentum >= 0 && momentum < 1)) throw invalid(`momentum ${momentum}`);
  if (!(proximal >= 0)) throw invalid(`proximal ${proximal}`);
  if (!(weightDecay >= 0)) throw invalid(`weight decay ${weightDecay}`);
}

/** Learning rate of a round under the schedule. */
export function learningRateOf(settings: Hyperparameters, roundIndex: number): number {
  const { learningRate, schedule = { kind: "constant" } } = settings;
  if (schedule.kind === "step") {
    return learningRate * schedule.factor ** Math.floor(roundIndex / schedule.everyRounds);
  }
  if (schedule.kind === "cosine") {
    const done = Math.min(1, roundIndex / schedule.overRounds);
    const height = schedule.floor + (1 - schedule.floor) * 0.5 * (1 + Math.cos(Math.PI * done));
    return learningRate * height;
  }
  return learningRate;
}

/**
 * The settings of one round: those of the manifest, with what the round's job changes.
 *
 * @param job What was announced when the round opened; undefined when nothing was.
 * @throws CommonweightError CW3004 when it leaves the bounds that the owner declared, or there are none: a trainer refuses such a round.
 */
export function roundHyperparameters(
  { bounds, ...settings }: Hyperparameters & { readonly bounds?: HyperparameterBounds | undefined },
  job: { readonly learningRate?: number | undefined; readonly epochs?: number | undefined } = {},
): Hyperparameters {
  const adjusted = {
    ...settings,
    learningRate: job.learningRate ?? settings.learningRate,
    epochs: job.epochs ?? settings.epochs,
  };
  for (const name of ["learningRate", "epochs"] as const) {
    const [min, max] = bounds?.[name] ?? [settings[name], settings[name]];
    if (adjusted[name] < min || adjusted[name] > max) {
      throw invalid(`${name} ${adjusted[name]} is outside the owner's bounds ${min} to ${max}`);
    }
  }
  checkHyperparameters(adjusted);
  return adjusted;
}

/** Number of batches that a trainer with `samples` samples takes in a round. */
export function countLocalSteps(settings: Hyperparameters, samples: number): number {
  if (settings.steps !== undefined) return settings.steps;
  return Math.max(1, Math.round(settings.epochs * Math.ceil(samples / settings.batchSize)));
}
