import type { Dataset } from "../learning/data/dataset.ts";
import { countParameters } from "../learning/model-spec.ts";
import { secureBytes } from "../learning/random.ts";
import { countLocalSteps, roundHyperparameters } from "../learning/training/hyperparameters.ts";
import { initialiseParameters } from "../learning/training/initialise.ts";
import { prepareUpdate } from "../learning/training/prepare-update.ts";
import { trainLocally } from "../learning/training/train-locally.ts";
import { difference } from "../learning/training/vector.ts";
import { sealBundle } from "../protocol/bundle/seal-bundle.ts";
import type { Curve } from "../protocol/curve.ts";
import { commitModel, commitUpdate } from "../protocol/gram/commitment.ts";
import type { Manifest } from "../protocol/manifest/manifest.ts";
import { randomScalar } from "../protocol/scalar.ts";
import type { Envelope } from "../protocol/sealing/envelope.ts";

/** What one round costs a machine. */
export interface RoundEffort {
  readonly trainingSeconds: number;
  /** Opening the model's commitment, which comes before any training. */
  readonly verifySeconds: number;
  /** Committing to the update and sealing it. */
  readonly commitSeconds: number;
  readonly totalSeconds: number;
  readonly steps: number;
  /** Steps that were really taken; the others are taken to last as long as those. */
  readonly measuredSteps: number;
  /** The sealed update. */
  readonly uploadBytes: number;
}

/** Losses come back in groups of at most 16 steps; the first step pays for compiling. */
const LEAST_STEPS = 48;
const TRIAL_SECONDS = 4;
/** After this, two steps are enough: how long a step is says a manifest, which a stranger wrote. */
const LONGEST_TRIAL_SECONDS = 20;

interface TrainingTrial {
  readonly seconds: number;
  readonly steps: number;
  readonly measuredSteps: number;
  /** What training changed; undefined when the trial was cut short. */
  readonly delta: Float32Array | undefined;
}

const isEnough = (step: number, seconds: number) =>
  (step >= LEAST_STEPS && seconds > TRIAL_SECONDS) ||
  (step >= 2 && seconds > LONGEST_TRIAL_SECONDS);

/** Trains until it is known how long a round takes, at most to the round's end. */
async function tryTraining(options: {
  manifest: Manifest;
  dataset: Dataset;
  signal?: AbortSignal | undefined;
}): Promise<TrainingTrial> {
  const { manifest, dataset } = options;
  const hyperparameters = roundHyperparameters(manifest.training);
  const steps = countLocalSteps(hyperparameters, dataset.size);
  const parameters = initialiseParameters(manifest.model);
  const enough = new AbortController();
  const marks: { step: number; ms: number }[] = [];
  const startedAt = performance.now();
  try {
    const trained = await trainLocally({
      model: manifest.model,
      parameters,
      dataset,
      hyperparameters,
      seed: "commonweight/trial",
      signal: options.signal ? AbortSignal.any([enough.signal, options.signal]) : enough.signal,
      onProgress: ({ step }) => {
        const ms = performance.now() - startedAt;
        marks.push({ step, ms });
        if (isEnough(step, ms / 1000)) enough.abort();
      },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const delta = difference(trained.parameters, parameters);
    return { seconds, steps, measuredSteps: steps, delta };
  } catch (error) {
    if (!enough.signal.aborted || options.signal?.aborted) throw error;
    const last = marks.at(-1) as (typeof marks)[number];
    const warm = marks[Math.min(15, marks.length - 2)] as (typeof marks)[number];
    const perStepMs = (last.ms - warm.ms) / (last.step - warm.step);
    const seconds = (warm.ms + perStepMs * (steps - warm.step)) / 1000;
    return { seconds, steps, measuredSteps: last.step, delta: undefined };
  }
}

const secondsOf = async (body: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await body();
  return (performance.now() - startedAt) / 1000;
};

/**
 * Measures what a round of a project costs this machine: a short training on the samples, and then what comes before and after
 * it in every round. Nothing is sent.
 *
 * @throws CommonweightError as `trainLocally`, CW3002 when the model can only be trained by a program of one's own.
 */
export async function measureRound(options: {
  manifest: Manifest;
  dataset: Dataset;
  curve: Curve;
  envelope: Envelope;
  /** How many aggregators each update is sealed to. */
  aggregators: number;
  signal?: AbortSignal | undefined;
}): Promise<RoundEffort> {
  const { manifest, curve, envelope, signal } = options;
  const { fractionBits, ditherBits, clipNorm } = manifest.fixedPoint;
  const trial = await tryTraining(options);
  const parameterCount = countParameters(manifest.model);
  const { update } = prepareUpdate({
    // A short trial gives no update; the size of the sealed one depends on its length, and that is at most the clip norm.
    delta:
      trial.delta ?? new Float32Array(parameterCount).fill(clipNorm / Math.sqrt(parameterCount)),
    ...{ fractionBits, ditherBits, clipNorm },
    noise: manifest.privacy.kind === "none" ? undefined : manifest.privacy,
    randomBytes: secureBytes,
  });
  const blinding = randomScalar(secureBytes);
  const model = Int32Array.from(update, (entry) => entry * 1024);
  const verifySeconds = await secondsOf(() => commitModel(curve, { model, blinding, signal }));
  let uploadBytes = 0;
  const commitSeconds = await secondsOf(async () => {
    const commitment = await commitUpdate(curve, { update, blinding, signal });
    const { publicKey } = await envelope.generateKeyPair();
    const { bytes } = await sealBundle({
      ...{ envelope, update, blinding, fractionBits },
      associated: {
        ...{ chainId: 1n, market: `0x${"00".repeat(20)}`, projectId: 1n, roundIndex: 0 },
        trainer: `0x${"00".repeat(20)}`,
      },
      commitment,
      aggregatorPublicKeys: Array.from({ length: options.aggregators }, () => publicKey),
    });
    uploadBytes = bytes.length;
  });
  return {
    trainingSeconds: trial.seconds,
    verifySeconds,
    commitSeconds,
    totalSeconds: trial.seconds + verifySeconds + commitSeconds,
    ...{ steps: trial.steps, measuredSteps: trial.measuredSteps, uploadBytes },
  };
}
