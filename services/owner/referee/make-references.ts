import { type Project, readProject } from "../../adapters/chain/projects/project.ts";
import { secureBytes, seededBytes } from "../../learning/random.ts";
import { roundHyperparameters } from "../../learning/training/hyperparameters.ts";
import { planLearningRate } from "../../learning/training/plan-learning-rate.ts";
import { computeReferences, type References } from "../../learning/training/references.ts";
import type { RoundJob } from "../../protocol/round/round-job.ts";
import { type ForeseenModel, foreseeReferences } from "./foreseen-references.ts";
import type { OpenedReferee } from "./open-referee.ts";
import type { RefereeModels } from "./referee-models.ts";
import type { RefereeEvent, RefereeSettings } from "./referee-settings.ts";
import type { StoredReference } from "./reference-store.ts";
import { sealReferences } from "./seal-references.ts";

/** A round that a reference is made for. */
interface ReferenceRound {
  readonly roundIndex: number;
  readonly model: ForeseenModel;
  /** What the round changes of the manifest's settings. */
  readonly job: RoundJob | undefined;
}

/**
 * Makes the references of a project's rounds: trains them on the owner's samples, commits to them and seals them; where an aggregator
 * announces a model before it settles, ahead of its time.
 *
 * @param options.signal Ends the listening to announcements.
 * @returns The function that makes those of a project's next round, or finds them where they were stored.
 */
export function createReferenceMaker(
  opened: OpenedReferee,
  settings: Pick<RefereeSettings, "projectId" | "seed" | "signal">,
  options: {
    readonly models: Pick<RefereeModels, "newest" | "loadParameters">;
    /** Told what was made on a model that the aggregator at this endpoint has announced, and has not settled with yet. */
    readonly onForeseen: (
      endpoint: string,
      roundIndex: number,
      stored: StoredReference,
    ) => Promise<void>;
    readonly onEvent: (event: RefereeEvent) => void;
    readonly signal: AbortSignal;
  },
): (project: Project) => Promise<StoredReference> {
  const { chain, account, terms, manifest, store } = opened;
  const { rootSet, paySet } = opened.sets;
  const { projectId, signal } = settings;
  const { models, onForeseen, onEvent } = options;
  const { learningRate, bounds } = manifest.training;

  /** What this round changes of the manifest's settings, within the owner's bounds; nothing while models get better. */
  function planJob(): RoundJob | undefined {
    if (bounds === undefined) return undefined;
    const losses = store.listEvaluations(projectId).map(({ loss }) => loss);
    const planned = planLearningRate(learningRate, bounds.learningRate, losses);
    return planned === learningRate ? undefined : { version: 1, learningRate: planned };
  }

  async function compute({ roundIndex, model, job }: ReferenceRound): Promise<References> {
    const parameters = await models.loadParameters(model);
    onEvent({ type: "reference-training", projectId, roundIndex });
    const seed = `${settings.seed ?? account}/${projectId}/${roundIndex}`;
    const vectors = await computeReferences({
      model: manifest.model,
      parameters,
      rootSet,
      paySet: terms.usesPayGradient ? paySet : null,
      hyperparameters: roundHyperparameters(manifest.training, job),
      referenceSteps: manifest.evaluation.referenceSteps,
      fractionBits: terms.fractionBits,
      ditherBits: manifest.fixedPoint.ditherBits,
      seed,
      roundIndex,
      randomBytes: settings.seed === undefined ? secureBytes : seededBytes(seed),
      signal,
    });
    onEvent({ type: "reference-trained", projectId, roundIndex });
    return vectors;
  }

  async function make(round: ReferenceRound): Promise<StoredReference> {
    const { roundIndex, model, job } = round;
    const vectors = await compute(round);
    onEvent({ type: "reference-sealing", projectId, roundIndex });
    const { commitment: modelCommitment } = model;
    const place = { projectId, roundIndex, modelCommitment };
    const sealed = await sealReferences(opened, { ...place, vectors, job, signal });
    onEvent({ type: "reference-sealed", projectId, roundIndex });
    const kept = store.save(projectId, roundIndex, sealed);
    onEvent({ type: "reference-ready", projectId, roundIndex, ...job });
    return kept;
  }

  const foreseen = foreseeReferences({
    ...{ projectId, endpoints: opened.endpoints, signal: options.signal },
    // A round whose settings follow from the last model's measurement is not planned before.
    isWanted: async (roundIndex, { commitment }) => {
      if (bounds !== undefined || store.find(projectId, roundIndex, commitment)) return false;
      const { nextRoundIndex, appliedRounds } = await readProject(chain, projectId);
      return roundIndex === nextRoundIndex && appliedRounds + 1 < terms.rounds;
    },
    make: async (roundIndex, model, endpoint) =>
      onForeseen(endpoint, roundIndex, await make({ roundIndex, model, job: undefined })),
  });

  return async (project) => {
    const roundIndex = project.nextRoundIndex;
    const { modelCommitment } = project;
    const known = store.find(projectId, roundIndex, modelCommitment);
    if (known !== undefined) return known;
    const model = await models.newest(project);
    await foreseen.madeFor(roundIndex, model);
    const foreseenOne = store.find(projectId, roundIndex, modelCommitment);
    if (foreseenOne !== undefined) return foreseenOne;
    return make({ roundIndex, model, job: planJob() });
  };
}
