import type { Project } from "../../adapters/chain/projects/project.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import { ModelLog } from "../../adapters/chain/rounds/model-log.ts";
import type { PublishedModel } from "../../adapters/chain/rounds/published-models.ts";
import { modelCopyKeepers } from "../../command-line/model-copies.ts";
import { createModelKeyring } from "../../command-line/model-keyring.ts";
import { type G1Point, isSamePoint } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { MAX_MANIFEST_BYTES } from "../../protocol/manifest/manifest.ts";
import type { BlindedModel } from "../../protocol/model/apply-round.ts";
import {
  isNoModel,
  loadModel,
  loadModelCopy,
  maxModelFileBytes,
} from "../../protocol/model/load-model.ts";
import type { ModelKeyring } from "../../protocol/model/private-model.ts";
import { pause } from "../../protocol/pause.ts";
import { aggregatorErrors } from "../errors.ts";
import type { NewestFirst } from "../newest-first.ts";
import type { ServiceEvent } from "../service-event.ts";
import type { BundleOpener, BundleOpenerParameters } from "./bundle-opener.ts";
import { type ModelFileMaker, makeModelFile } from "./make-model-file.ts";
import { rebuildModel } from "./rebuild-model.ts";
import { RefusedFiles } from "./refused-files.ts";

/** What keeping a project's models needs. */
export interface ModelKeeperParameters extends BundleOpenerParameters, ModelFileMaker {
  readonly projectId: bigint;
  readonly opener: BundleOpener;
  /** Looks for the first files of all projects of the account. */
  readonly firstFiles: NewestFirst;
  readonly onEvent: (event: ServiceEvent) => void;
}

/** How long after a round its model is fetched to be kept. */
const KEEP_AFTER_MS = 1000;
/** How long a model is looked for on the network before it is computed again. */
const LOOK_MS = 15_000;
/** How long a project's first files rest that nobody had. */
const FIRST_REST_MS = 15_000;
/** Models in memory: the one that a round starts from, the one before it, and the one that the round makes. */
const REMEMBERED = 3;

/** A model, and the CID under which its file is here. */
type HeldModel = BlindedModel & { readonly cid: string };

/** Keeps a project's manifest and models here, so that trainers find them, a standby can take over, and none is lost. */
export class ModelKeeper {
  readonly #parameters: ModelKeeperParameters;
  /** By their commitments: a CID may be on chain for several models, if an aggregator settles with one that is another model's. */
  readonly #models = new Map<string, Promise<HeldModel>>();
  readonly #kept = new Map<string, Promise<boolean>>();
  readonly #refused = new RefusedFiles();
  readonly #log: ModelLog;
  #manifestCid: string | undefined;

  constructor(parameters: ModelKeeperParameters) {
    this.#parameters = parameters;
    this.#log = new ModelLog(parameters.chain, parameters.projectId);
  }

  /**
   * Fetches manifest and newest model in the background: what is far away must not hold up the project's next step.
   *
   * @returns Once it is known what there is to fetch, what resolves when all of it was looked for: to whether all of it is here.
   */
  async keep(project: Project): Promise<{ readonly done: Promise<boolean> }> {
    const { chain, contentStore, projectId, signal } = this.#parameters;
    const [models, manifestCid] = await Promise.all([
      this.#log.read(project),
      this.#manifestCid ?? readPosting(chain, projectId).then((posting) => posting.manifestCid),
    ]);
    this.#manifestCid = manifestCid;
    const pin = async (name: string, work: () => Promise<unknown>) => {
      const pinning =
        this.#kept.get(name) ??
        work().then(
          () => true,
          async () => {
            // Tried again at the next step. What nobody has had so far is in no hurry.
            if (project.nextRoundIndex === 0) await pause(FIRST_REST_MS, signal);
            this.#kept.delete(name);
            return false;
          },
        );
      this.#kept.set(name, pinning);
      return pinning;
    };
    const posted = pin(manifestCid, () =>
      this.#inTurn(project, () =>
        contentStore.pin(manifestCid, {
          ...{ signal, timeoutMs: 2 * LOOK_MS },
          maxBytes: MAX_MANIFEST_BYTES,
        }),
      ),
    );
    const newest = models.at(-1);
    if (newest === undefined) return { done: posted };
    const made = pin(`${placeOf(newest.commitment)}/${newest.cid}`, async () => {
      // The first one everybody waits for; of a later one its round's aggregator has it, and the next round is being opened.
      if (models.length > 1) await pause(KEEP_AFTER_MS, signal);
      await this.#inTurn(project, () => this.#load(project, models, models.length - 1));
    });
    return { done: Promise.all([posted, made]).then((all) => all.every(Boolean)) };
  }

  /** Anybody may post any number of projects whose files are nowhere: of those that never had a round, some are looked for at a time. */
  #inTurn<T>({ projectId, nextRoundIndex }: Project, work: () => Promise<T>): Promise<T> {
    return nextRoundIndex > 0 ? work() : this.#parameters.firstFiles(projectId, work);
  }

  /**
   * The current model and, once a round was applied, the one before it, both verified against the chain.
   *
   * @throws CW5008 when the node does not know the project's model yet: a proof on another one would be for nothing.
   */
  async current(project: Project): Promise<[BlindedModel, BlindedModel | undefined]> {
    const models = await this.#log.read(project);
    const newest = models.at(-1);
    if (newest === undefined) throw new CommonweightError(aggregatorErrors.modelNotFound);
    if (!isSamePoint(newest.commitment, project.modelCommitment)) {
      const message = `its log ends with model ${newest.version}, which is not the project's`;
      throw new CommonweightError(aggregatorErrors.nodeBehind, message);
    }
    const last = models.length - 1;
    return [
      await this.#load(project, models, last),
      last > 0 ? await this.#load(project, models, last - 1) : undefined,
    ];
  }

  /** Publishes the model that a round makes. */
  async publish(
    project: Project,
    made: { roundIndex: number; model: BlindedModel; aggregateCommitment: G1Point },
  ): Promise<{ cid: string; commitment: G1Point }> {
    const { roundIndex, model, aggregateCommitment } = made;
    const { contentStore, projectId, curveFor, store } = this.#parameters;
    const curve = await curveFor(project.terms.parameterCount);
    const commitment = await curve.linearCombination(
      [project.modelCommitment, aggregateCommitment],
      [1n, 1n],
    );
    const previousCid = (await this.#log.read(project)).at(-1)?.cid ?? null;
    const file = { model, commitment, roundIndex, previousCid };
    const cid = await contentStore.put(await makeModelFile(this.#parameters, project, file));
    // A round may yet be settled with another one: a private model is a new file each time that it is sealed.
    store.saveContent(projectId, roundIndex, cid);
    this.#remember(commitment, Promise.resolve({ ...model, cid }));
    return { cid, commitment };
  }

  /** A model that opens its commitment. What is asked for twice is looked for once. */
  async #load(
    project: Project,
    models: readonly PublishedModel[],
    index: number,
  ): Promise<HeldModel> {
    const { projectId, store } = this.#parameters;
    const { version, commitment, cid } = models[index] as PublishedModel;
    const model = await (this.#models.get(placeOf(commitment)) ??
      this.#remember(commitment, this.#find(project, models, index)));
    // Also when nobody had to look for it: whoever was first to settle what both have computed may have named another file.
    if (model.cid !== cid) {
      store.saveModelCopy(projectId, { version, commitment, cid: model.cid });
    }
    return model;
  }

  #remember(commitment: G1Point, model: Promise<HeldModel>): Promise<HeldModel> {
    const place = placeOf(commitment);
    this.#models.delete(place);
    this.#models.set(place, model);
    model.catch(() => {
      if (this.#models.get(place) === model) this.#models.delete(place);
    });
    for (const oldest of this.#models.keys()) {
      if (this.#models.size <= REMEMBERED) break;
      this.#models.delete(oldest);
    }
    return model;
  }

  async #find(
    project: Project,
    models: readonly PublishedModel[],
    index: number,
  ): Promise<HeldModel> {
    const { chain, contentStore, projectId, store, signal, curveFor } = this.#parameters;
    const model = models[index] as PublishedModel;
    const { aggregators, fractionBits, parameterCount } = project.terms;
    const { market } = chain.addresses;
    const kept = store.findModelCopy(projectId, model.version);
    const cid = kept && isSamePoint(kept.commitment, model.commitment) ? kept.cid : model.cid;
    const { chainId } = chain;
    const { owner } = project;
    const about = { chainId, market, owner, projectId, fractionBits, parameterCount };
    const wanted = { ...model, ...about, cid };
    const options = { signal, keyring: this.#keyring(project) };
    const opening = curveFor(parameterCount);
    // Said when it is needed.
    opening.catch(() => undefined);
    const maxBytes = maxModelFileBytes(parameterCount);
    const named = `${placeOf(model.commitment)}/${cid}`;
    try {
      this.#refused.requireNotRefused(named);
      // Here first, so that one attempt is enough to know whether anybody else has it.
      await contentStore.pin(cid, { signal, timeoutMs: LOOK_MS, retries: 0, maxBytes });
      return await loadModel(await opening, contentStore, wanted, options);
    } catch (error) {
      this.#refused.add(named, error);
      // The initial model is its owner's to publish: no round made it.
      if (!isNoModel(error) || index === 0) throw error;
    }
    const copy = await loadModelCopy(await opening, contentStore, wanted, {
      ...options,
      ...{ timeoutMs: LOOK_MS, retries: 0 },
      copyKeepers: modelCopyKeepers(chain, { projectId, aggregators }),
    }).catch(() => undefined);
    if (copy === undefined) return this.#rebuild(project, models, index);
    await contentStore.pin(copy.cid, { signal, maxBytes });
    return copy;
  }

  /**
   * The model that nobody has, from the bundles of its round; published again. Under another CID than the one on chain when that is
   * another file's, and for a private model, which was sealed with randomness that its sealer had.
   */
  async #rebuild(
    project: Project,
    models: readonly PublishedModel[],
    index: number,
  ): Promise<HeldModel> {
    const { chain, contentStore, opener, curveFor, projectId } = this.#parameters;
    const model = models[index] as PublishedModel;
    const curve = await curveFor(project.terms.parameterCount);
    const previous = await this.#load(project, models, index - 1);
    const rebuilt = await rebuildModel({ chain, curve, opener, project, model, previous });
    const cid = await contentStore.put(
      await makeModelFile(this.#parameters, project, {
        ...{ model: rebuilt, commitment: model.commitment, roundIndex: model.roundIndex },
        previousCid: models[index - 1]?.cid ?? null,
      }),
    );
    this.#parameters.onEvent({
      type: "model-rebuilt",
      at: Math.floor(Date.now() / 1000),
      projectId,
      roundIndex: model.roundIndex,
      modelCid: model.cid,
      publishedCid: cid,
    });
    return { ...rebuilt, cid };
  }

  #keyring({ terms, projectId }: Project): ModelKeyring | undefined {
    const { chain, envelope, keys, signal } = this.#parameters;
    if (terms.modelVisibility === "public") return undefined;
    const { aggregators } = terms;
    const { account } = chain;
    return createModelKeyring(chain, { projectId, aggregators, account, envelope, keys, signal });
  }
}

const placeOf = ({ x, y }: G1Point) => `${x}/${y}`;
