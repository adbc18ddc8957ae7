import { readReaderKeys } from "../../adapters/chain/projects/model-readers.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import { readTrainers } from "../../adapters/chain/projects/project-trainer.ts";
import { ModelLog } from "../../adapters/chain/rounds/model-log.ts";
import type { PublishedModel } from "../../adapters/chain/rounds/published-models.ts";
import { createModelKeyring } from "../../command-line/model-keyring.ts";
import { isContentAway } from "../../protocol/content-store.ts";
import { type G1Point, isSamePoint } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { BlindedModel } from "../../protocol/model/apply-round.ts";
import { loadModel } from "../../protocol/model/load-model.ts";
import { encodeModelFile, type TensorLayout } from "../../protocol/model/model-file.ts";
import { type ModelKeyring, sealModel } from "../../protocol/model/private-model.ts";
import { pause } from "../../protocol/pause.ts";
import { aggregatorErrors } from "../errors.ts";
import type { ServiceEvent } from "../service-event.ts";
import type { BundleOpener, BundleOpenerParameters } from "./bundle-opener.ts";
import { rebuildModel } from "./rebuild-model.ts";

/** What keeping a project's models needs. */
export interface ModelKeeperParameters extends BundleOpenerParameters {
  readonly projectId: bigint;
  readonly opener: BundleOpener;
  /** Named tensors of a project's model, for the float32 part of model files. */
  readonly layoutOf: (project: Project) => Promise<readonly TensorLayout[]>;
  readonly onEvent: (event: ServiceEvent) => void;
}

/** How long after a round its model is fetched to be kept. */
const KEEP_AFTER_MS = 1000;
/** How long a model is looked for on the network before it is computed again. */
const LOOK_MS = 15_000;

/** Keeps a project's manifest and models here, so that trainers find them, a standby can take over, and none is lost. */
export class ModelKeeper {
  readonly #parameters: ModelKeeperParameters;
  readonly #models = new Map<string, BlindedModel>();
  readonly #kept = new Set<string>();
  readonly #log: ModelLog;
  #manifestCid: string | undefined;

  constructor(parameters: ModelKeeperParameters) {
    this.#parameters = parameters;
    this.#log = new ModelLog(parameters.chain, parameters.projectId);
  }

  /** Fetches manifest and newest model in the background: what is far away must not hold up the project's next step. */
  async keep(project: Project): Promise<void> {
    const { chain, contentStore, projectId, signal } = this.#parameters;
    const [models, manifestCid] = await Promise.all([
      this.#log.read(project),
      this.#manifestCid ?? readPosting(chain, projectId).then((posting) => posting.manifestCid),
    ]);
    this.#manifestCid = manifestCid;
    const pin = async (cid: string, work: () => Promise<unknown>) => {
      if (this.#kept.has(cid)) return;
      this.#kept.add(cid);
      await work().catch(() => this.#kept.delete(cid));
    };
    pin(manifestCid, () => contentStore.pin(manifestCid, { signal, timeoutMs: 2 * LOOK_MS }));
    const newest = models.at(-1);
    if (newest === undefined) return;
    pin(newest.cid, async () => {
      // The first one everybody waits for; of a later one its round's aggregator has it, and the next round is being opened.
      if (models.length > 1) await pause(KEEP_AFTER_MS, signal);
      await this.#load(project, models, models.length - 1);
    });
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
    const { chain, contentStore, projectId, curveFor, store } = this.#parameters;
    const curve = await curveFor(project.terms.parameterCount);
    const commitment = await curve.linearCombination(
      [project.modelCommitment, aggregateCommitment],
      [1n, 1n],
    );
    const previousCid = (await this.#log.read(project)).at(-1)?.cid ?? null;
    const file = await this.#encode(project, { roundIndex, commitment, previousCid }, model);
    const { market } = chain.addresses;
    const bytes =
      project.terms.modelVisibility === "public"
        ? file
        : await sealModel(
            { chainId: chain.chainId, market, commitment },
            {
              envelope: this.#parameters.envelope,
              bytes: file,
              readers: await readReaderKeys(chain, project, await readTrainers(chain, projectId)),
            },
          );
    const cid = await contentStore.put(bytes);
    // A round may yet be settled with another one: a private model is a new file each time that it is sealed.
    store.saveContent(projectId, roundIndex, cid);
    this.#models.set(cid, model);
    return { cid, commitment };
  }

  async #encode(
    project: Project,
    made: { roundIndex: number; commitment: G1Point; previousCid: string | null },
    model: BlindedModel,
  ): Promise<Uint8Array> {
    const { chain, projectId, layoutOf } = this.#parameters;
    const { roundIndex, commitment, previousCid } = made;
    const { chainId } = chain;
    const { market } = chain.addresses;
    return encodeModelFile(
      {
        model: model.integers,
        blinding: model.blinding,
        commitment,
        fractionBits: project.terms.fractionBits,
        lineage: { chainId, market, projectId, roundIndex, previousCid },
      },
      await layoutOf(project),
    );
  }

  async #load(
    project: Project,
    models: readonly PublishedModel[],
    index: number,
  ): Promise<BlindedModel> {
    const { chain, contentStore, projectId, signal, curveFor } = this.#parameters;
    const model = models[index] as PublishedModel;
    const known = this.#models.get(model.cid);
    if (known !== undefined) return known;
    const { fractionBits, parameterCount } = project.terms;
    const { market } = chain.addresses;
    const { chainId } = chain;
    const opening = curveFor(parameterCount);
    // Said when it is needed.
    opening.catch(() => undefined);
    try {
      // Here first, so that one attempt is enough to know whether anybody else has it.
      await contentStore.pin(model.cid, { signal, timeoutMs: LOOK_MS, retries: 0 });
      const loaded = await loadModel(
        await opening,
        contentStore,
        { ...model, chainId, market, projectId, fractionBits, parameterCount },
        { signal, keyring: this.#keyring(project) },
      );
      this.#models.set(model.cid, loaded);
      return loaded;
    } catch (error) {
      const isAbsent = isContentAway(error);
      // The initial model is its owner's to publish: no round made it.
      if (!isAbsent || index === 0) throw error;
      return this.#rebuild(project, models, index);
    }
  }

  /** The model that nobody has any more, from the bundles of its round; published again under the very CID on chain. */
  async #rebuild(
    project: Project,
    models: readonly PublishedModel[],
    index: number,
  ): Promise<BlindedModel> {
    const { chain, contentStore, opener, curveFor, projectId } = this.#parameters;
    const model = models[index] as PublishedModel;
    const curve = await curveFor(project.terms.parameterCount);
    const previous = await this.#load(project, models, index - 1);
    const rebuilt = await rebuildModel({ chain, curve, opener, project, model, previous });
    this.#models.set(model.cid, rebuilt);
    const isPublic = project.terms.modelVisibility === "public";
    // A private model was sealed with randomness that died with the sealer: the same CID cannot be made again.
    const cid = isPublic
      ? await contentStore.put(
          await this.#encode(
            project,
            { ...model, previousCid: models[index - 1]?.cid ?? null },
            rebuilt,
          ),
        )
      : undefined;
    this.#parameters.onEvent({
      type: "model-rebuilt",
      at: Math.floor(Date.now() / 1000),
      projectId,
      roundIndex: model.roundIndex,
      modelCid: model.cid,
      isPublished: cid === model.cid,
    });
    return rebuilt;
  }

  #keyring({ terms, projectId }: Project): ModelKeyring | undefined {
    const { chain, envelope, keys, signal } = this.#parameters;
    if (terms.modelVisibility === "public") return undefined;
    const { aggregators } = terms;
    const { account } = chain;
    return createModelKeyring(chain, { projectId, aggregators, account, envelope, keys, signal });
  }
}
