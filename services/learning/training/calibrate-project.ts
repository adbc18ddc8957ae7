import { calibrateFixedPoint, ditherNorm } from "../../protocol/model/fixed-point-calibration.ts";
import { NORM_BOUND_LIMIT } from "../../protocol/rule/round-terms.ts";
import { type Dataset, subsetDataset } from "../data/dataset.ts";
import { type PartitionPlan, partitionIndices } from "../data/partition.ts";
import type { ComputeDevice } from "../jax/compiled-model.ts";
import { countParameters, type ModelSpec } from "../model-spec.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { initialiseParameters } from "./initialise.ts";
import { referenceStepsFor } from "./reference-steps.ts";
import { trainLocally } from "./train-locally.ts";
import { difference, norm } from "./vector.ts";

/** Options of {@link calibrateProject}. */
export interface CalibrateProjectParameters {
  readonly model: ModelSpec;
  readonly hyperparameters: Hyperparameters;
  /** A sample of the task, divided among as many simulated trainers. */
  readonly data: Dataset;
  readonly trainers: number;
  readonly partition?: PartitionPlan;
  /** Global model to start from; the model's own start by default. */
  readonly start?: Float32Array;
  readonly seed: string;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
}

/** Numbers for a manifest and for the contract's terms. */
export interface ProjectCalibration {
  readonly fractionBits: number;
  readonly ditherBits: number;
  /** Twice the longest honest update of the first rounds: clips attackers and accidents, not honest work. */
  readonly clipNorm: number;
  /** Squared integer norm that no clipped, dithered and rounded update reaches; above it stake is lost. */
  readonly normBoundSquared: bigint;
  readonly referenceSteps: number;
  /** What was measured, in parameter units. */
  readonly medianNorm: number;
  readonly largestNorm: number;
  readonly largestEntry: number;
}

const ROUNDS = 2;
/** Room in the norm bound for rounding and noise that clipping does not see. */
const BOUND_ROOM = 1.25;

const largestOf = (values: ArrayLike<number>) => {
  let largest = 0;
  for (let i = 0; i < values.length; i++)
    largest = Math.max(largest, Math.abs(values[i] as number));
  return largest;
};

/**
 * Measures honest updates of the first rounds, where they are longest, and chooses the project's fixed point, clip norm, norm
 * bound and reference steps. To be run by the owner before a project is posted.
 *
 * @throws CommonweightError CW1104 when no scale fits, CW3106 for too little data, and whatever training throws.
 */
export async function calibrateProject(
  parameters: CalibrateProjectParameters,
): Promise<ProjectCalibration> {
  const { model, hyperparameters, data, seed, device, signal } = parameters;
  const parts = partitionIndices({
    labels: await data.readLabels(),
    classes: data.classes,
    parts: parameters.trainers,
    plan: parameters.partition ?? { kind: "iid" },
    seed,
  });
  let global = parameters.start ?? initialiseParameters(model);
  const norms: number[] = [];
  let [largestEntry, largestModelEntry] = [0, largestOf(global)];
  for (let round = 0; round < ROUNDS; round++) {
    const next = global.slice();
    for (const [i, part] of parts.entries()) {
      const trained = await trainLocally({
        model,
        parameters: global,
        dataset: subsetDataset(data, part),
        hyperparameters,
        seed: `${seed}/${round}/${i}`,
        roundIndex: round,
        ...(device ? { device } : {}),
        ...(signal ? { signal } : {}),
      });
      const delta = difference(trained.parameters, global);
      norms.push(norm(delta));
      largestEntry = Math.max(largestEntry, largestOf(delta));
      for (let j = 0; j < next.length; j++) {
        next[j] = (next[j] as number) + (delta[j] as number) / parts.length;
      }
    }
    global = next;
    largestModelEntry = Math.max(largestModelEntry, largestOf(global));
  }
  const sorted = [...norms].sort((a, b) => a - b);
  const medianNorm = sorted[Math.floor(sorted.length / 2)] as number;
  const largestNorm = sorted.at(-1) as number;
  const parameterCount = countParameters(model);
  const scale = calibrateFixedPoint({
    largestEntry,
    medianNorm,
    largestModelEntry,
    parameterCount,
  });
  const clipNorm = 2 * largestNorm;
  const sizes = parts.map((part) => part.length).sort((a, b) => a - b);
  return {
    ...scale,
    clipNorm,
    normBoundSquared: normBoundFor({ ...scale, clipNorm, parameterCount }),
    referenceSteps: referenceStepsFor(
      hyperparameters,
      sizes[Math.floor(sizes.length / 2)] as number,
    ),
    medianNorm,
    largestNorm,
    largestEntry,
  };
}

/** The smallest round bound above everything an honest pipeline produces from a clipped delta. */
function normBoundFor(project: {
  readonly clipNorm: number;
  readonly fractionBits: number;
  readonly ditherBits: number;
  readonly parameterCount: number;
}): bigint {
  const unit = 2 ** project.fractionBits;
  const rounding = Math.sqrt(project.parameterCount);
  const longest = project.clipNorm * unit + ditherNorm(project) * unit + rounding;
  const squared = BigInt(Math.ceil((BOUND_ROOM * longest) ** 2));
  return squared < NORM_BOUND_LIMIT ? squared : NORM_BOUND_LIMIT - 1n;
}
