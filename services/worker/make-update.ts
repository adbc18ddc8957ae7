import type { Chain } from "../adapters/chain/connect.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import { readModels } from "../adapters/chain/rounds/published-models.ts";
import { readOpenings } from "../adapters/chain/rounds/round-events.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { getRoundJob } from "../adapters/dag-json/round-job-store.ts";
import { projectHolder } from "../housekeeping/project-holder.ts";
import { applyAttack } from "../learning/attacks/apply-attack.ts";
import type { Dataset } from "../learning/data/dataset.ts";
import { projectDataset } from "../learning/data/project-dataset.ts";
import { learningErrors } from "../learning/errors.ts";
import {
  type LedgerStorage,
  type PrivacyBudget,
  type PrivacyStatement,
  spendPrivacy,
} from "../learning/privacy/privacy-ledger.ts";
import { secureBytes, seededBytes, seededRandom, uniformRandom } from "../learning/random.ts";
import { roundHyperparameters } from "../learning/training/hyperparameters.ts";
import { prepareUpdate } from "../learning/training/prepare-update.ts";
import { trainExternally } from "../learning/training/train-externally.ts";
import { type TrainingProgress, trainLocally } from "../learning/training/train-locally.ts";
import { difference } from "../learning/training/vector.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import type { Curve } from "../protocol/curve.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest/manifest.ts";
import { modelDifference } from "../protocol/model/apply-round.ts";
import { type AskForCopy, loadModel, maxModelFileBytes } from "../protocol/model/load-model.ts";
import { floatsOf } from "../protocol/model/model-file.ts";
import type { ModelKeyring } from "../protocol/model/private-model.ts";
import { jobFolder, removeOldJobs } from "./job-folders.ts";
import type { MakeUpdate } from "./project-worker-parameters.ts";

/** A program that trains: `docs/bring-your-own-trainer.md`. */
export interface OwnTrainer {
  readonly command: string;
  /** Passed on to the program. */
  readonly dataPath: string;
  /** Job folders are made in it, one a round, and left for inspection. */
  readonly folder: string;
  /** Rounds before the newest whose job folders stay; all of them when absent. */
  readonly keepRounds?: number | undefined;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a trainer allows itself to reveal over all projects, and what it has. */
export interface PrivacyGuard {
  readonly ledger: LedgerStorage;
  readonly budget: PrivacyBudget;
  readonly onSpent?: (statement: PrivacyStatement) => void;
}

/** How this trainer makes its updates. */
export interface UpdateMaker {
  readonly chain: Chain;
  readonly curve: Curve;
  readonly contentStore: ContentStore;
  /** How this trainer reads a private project's models. */
  readonly keyringFor: (project: Project) => ModelKeyring;
  /** Whom to ask for a project's models when the CID on chain is no good. */
  readonly copyKeepersFor: (project: Project) => readonly AskForCopy[];
  /** Opens what the built-in trainer trains on, as the manifest says; not needed with a program of one's own. */
  readonly openData?: ((data: Manifest["data"]) => Promise<Dataset>) | undefined;
  /** Repeats every random choice, dither included: for rehearsals and tests, never for real data. */
  readonly seed?: string | undefined;
  /** Name of an attack to play instead of being honest: for the embedded market's villains. */
  readonly attack?: string | undefined;
  /** Trains with the trainer's own program instead of the built-in trainer. */
  readonly trainer?: OwnTrainer | undefined;
  /** Refuses rounds that would exceed the trainer's own budget. */
  readonly privacy?: PrivacyGuard | undefined;
}

/** Builds the function that trains on the round's verified model and returns the quantised update. */
export function createMakeUpdate(maker: UpdateMaker): MakeUpdate {
  const { chain, curve, contentStore, attack } = maker;
  return async ({ project, roundIndex, signal, onProgress }) => {
    const { projectId, terms } = project;
    const { manifestCid } = await readPosting(chain, projectId);
    const manifest = await getManifest(contentStore, manifestCid, signal ? { signal } : {});
    const opened = await maker.openData?.(manifest.data);
    const dataset = opened && projectDataset(opened, manifest.data);
    const [opening] = await readOpenings(chain, projectId, roundIndex);
    const announced = opening?.jobCid
      ? await getRoundJob(contentStore, opening.jobCid, signal ? { signal } : {})
      : undefined;
    const models = await readModels(chain, projectId);
    const load = (index: number) =>
      loadModel(
        curve,
        contentStore,
        {
          ...(models.at(index) as (typeof models)[number]),
          chainId: chain.chainId,
          market: chain.addresses.market,
          owner: project.owner,
          projectId,
          fractionBits: terms.fractionBits,
          parameterCount: terms.parameterCount,
        },
        { signal, keyring: maker.keyringFor(project), copyKeepers: maker.copyKeepersFor(project) },
      );
    const model = await load(-1);
    if (model.cid === models.at(-1)?.cid) {
      // Kept until there is a newer one; it lies here, and nobody waits for its pin. A copy is for those to keep who made it.
      const holder = projectHolder(chain, "trainer", projectId);
      const maxBytes = maxModelFileBytes(terms.parameterCount);
      contentStore.pin(model.cid, { signal, holder, maxBytes }).catch(() => undefined);
    }
    const parameters = floatsOf(model.integers, terms.fractionBits);
    const seed = `${maker.seed ?? chain.account}/${projectId}/${roundIndex}`;
    const randomBytes = maker.seed === undefined ? secureBytes : seededBytes(seed);

    const common = {
      ...(signal ? { signal } : {}),
      onProgress: ({ step, steps }: TrainingProgress) => onProgress?.(step / steps),
    };
    const job = {
      model: manifest.model,
      parameters,
      hyperparameters: roundHyperparameters(manifest.training, announced),
      seed,
      roundIndex,
    };

    const train = async (data: Dataset | undefined): Promise<Int16Array> => {
      const { trainer } = maker;
      if (trainer?.keepRounds !== undefined) {
        await removeOldJobs(trainer.folder, { projectId, roundIndex }, trainer.keepRounds);
      }
      const trained = trainer
        ? await trainExternally({
            ...trainer,
            ...common,
            jobFolder: jobFolder(trainer.folder, { projectId, roundIndex }),
            job: {
              ...job,
              dataPath: trainer.dataPath,
              data: manifest.data,
              projectId: String(projectId),
            },
          })
        : await trainLocally({ ...job, ...common, dataset: data ?? noData() });
      const { fixedPoint, privacy } = manifest;
      return prepareUpdate({
        delta: difference(trained.parameters, parameters),
        fractionBits: terms.fractionBits,
        clipNorm: fixedPoint.clipNorm,
        ditherBits: fixedPoint.ditherBits,
        noise: privacy.kind === "none" ? undefined : privacy,
        normBoundSquared: terms.normBoundSquared,
        randomBytes,
      }).update;
    };

    const honestUpdate = await train(dataset);
    if (maker.privacy) {
      const { ledger, budget, onSpent } = maker.privacy;
      const { privacy } = manifest;
      const entry = {
        projectId: `${chain.chainId}/${chain.addresses.market}/${projectId}`,
        roundIndex,
        noiseMultiplier: privacy.kind === "gaussian" ? privacy.multiplier : 0,
      };
      // Recorded before the update can leave this machine.
      onSpent?.(await spendPrivacy(ledger, entry, budget));
    }
    if (attack === undefined) return honestUpdate;
    const lastAggregate =
      models.length < 2 ? undefined : scaledDown(modelDifference(model, await load(-2)).integers);
    // There is nothing to copy in the first round: a copycat starts by being honest.
    if (lastAggregate === undefined && attack.startsWith("stale-replay")) return honestUpdate;
    return applyAttack(attack, {
      honestUpdate,
      random: maker.seed === undefined ? uniformRandom(secureBytes) : seededRandom(seed),
      retrain: (poison) => train(poison(dataset ?? noData())),
      lastAggregate,
    });
  };
}

function noData(): never {
  throw new CommonweightError(learningErrors.dataUnfit, "the built-in trainer needs samples");
}

/** An aggregate has ten bits more than an update: it is a weighted sum with weights of 1024 in all. */
const scaledDown = (aggregate: Int32Array) =>
  Int16Array.from(aggregate, (value) => Math.round(value / 1024));
