import type { Project } from "../../adapters/chain/projects/project.ts";
import type { PublishedModel } from "../../adapters/chain/rounds/published-models.ts";
import { modelCopyKeepers } from "../../command-line/model-copies.ts";
import { OWNER_HOLDER } from "../../housekeeping/project-holder.ts";
import {
  extendEvaluationHistory,
  type ModelEvaluation,
} from "../../learning/training/evaluation-history.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import {
  isNoModel,
  type LoadedModel,
  loadModel,
  maxModelFileBytes,
} from "../../protocol/model/load-model.ts";
import { floatsOf } from "../../protocol/model/model-file.ts";
import { ownerErrors } from "../errors.ts";
import { createEvaluationPublisher } from "./evaluation-publisher.ts";
import type { ForeseenModel } from "./foreseen-references.ts";
import type { OpenedReferee } from "./open-referee.ts";
import type { RefereeSettings } from "./referee-settings.ts";

/** A project's models, as its referee needs them. */
export interface RefereeModels {
  /** The model that the next round starts from. @throws CW4000 for a project without one. */
  newest(project: Project): Promise<PublishedModel>;
  /** A model's parameters, once they open its commitment. @throws CommonweightError as `loadModel`. */
  loadParameters(model: ForeseenModel | PublishedModel): Promise<Float32Array>;
  /**
   * Keeps the newest model here, for others and for its owner, also where it was read before the chain named it. Only the last one is
   * waited for: this program ends with the project.
   *
   * @throws CommonweightError as `loadModel`, while the last one is nowhere.
   */
  keep(project: Project): Promise<void>;
  /**
   * Measures every model that was not measured yet, and tells the aggregators; one that is not to be had keeps no other from it.
   *
   * @throws CommonweightError as `loadModel`, for one of these.
   */
  evaluate(project: Project): Promise<void>;
}

/** How long a model is waited for that an aggregator says to have: when the chain has it, others may be asked as well. */
const FORESEEN_MS = 15_000;

/** Opens them; nothing is read before it is asked for. */
export function openRefereeModels(
  opened: OpenedReferee,
  options: Pick<RefereeSettings, "projectId" | "signal"> & {
    readonly onEvaluated: (evaluation: ModelEvaluation) => void;
  },
): RefereeModels {
  const { chain, owner, terms, manifest, ipfs, holder, store, modelLog, curve, keyring } = opened;
  const { validationSet } = opened.sets;
  const { projectId, signal, onEvaluated } = options;
  const { aggregators } = terms;
  const copyKeepers = modelCopyKeepers(chain, { projectId, aggregators });
  const maxBytes = maxModelFileBytes(terms.parameterCount);
  const publish = createEvaluationPublisher(chain, { projectId, aggregators, signal });
  /** Every model's, in their order: read from the store when a model is new, not at every look. */
  let measured: readonly ModelEvaluation[] = [];

  let kept: { readonly cid: string; readonly pinning: Promise<void> } | undefined;

  const load = (model: ForeseenModel | PublishedModel): Promise<LoadedModel> =>
    loadModel(
      curve,
      ipfs,
      {
        ...model,
        chainId: chain.chainId,
        market: chain.addresses.market,
        owner,
        projectId,
        fractionBits: terms.fractionBits,
        parameterCount: terms.parameterCount,
      },
      "version" in model
        ? { signal, keyring, copyKeepers }
        : { signal, keyring, timeoutMs: FORESEEN_MS, retries: 0 },
    );
  const parametersOf = ({ integers }: LoadedModel) => floatsOf(integers, terms.fractionBits);

  return {
    loadParameters: async (model) => parametersOf(await load(model)),
    newest: async (project) => {
      const model = (await modelLog.read(project)).at(-1);
      if (model === undefined) throw new CommonweightError(ownerErrors.termsMismatch, "no model");
      return model;
    },
    keep: async (project) => {
      const model = (await modelLog.read(project)).at(-1);
      if (model === undefined) return;
      const { cid } = model;
      if (cid !== kept?.cid) {
        const pinning = ipfs.pin(cid, { signal, holder, maxBytes }).catch(() => {
          // Tried again at the next look.
          if (kept?.cid === cid) kept = undefined;
        });
        kept = { cid, pinning };
      }
      if (project.phase !== "ended") return;
      await kept.pinning;
      if (model.version === 0) return;
      const last = await load(model);
      // What the chain names is not the model, or nobody has it: as what the owner has paid for the copy stays for ever, too.
      if (last.cid !== cid) await ipfs.pin(last.cid, { signal, maxBytes, holder: OWNER_HOLDER });
    },
    evaluate: async (project) => {
      if (validationSet === undefined) return;
      const models = await modelLog.read(project);
      let failure: unknown;
      if (models.at(-1)?.version !== measured.at(-1)?.version) {
        measured = await extendEvaluationHistory({
          model: manifest.model,
          history: store.listEvaluations(projectId),
          versions: models.map(({ version }) => version),
          loadParameters: async (version) => {
            const model = models.find((each) => each.version === version) as PublishedModel;
            const loaded = await load(model).catch((error: unknown) => {
              if (!isNoModel(error)) throw error;
              failure = error;
            });
            if (loaded === undefined) return undefined;
            // A copy is for those to keep who made it.
            if (loaded.cid === model.cid) await ipfs.pin(model.cid, { holder, maxBytes });
            return parametersOf(loaded);
          },
          dataset: validationSet,
          signal,
          onProgress: (evaluation) => {
            store.saveEvaluation(projectId, evaluation);
            onEvaluated(evaluation);
          },
        });
      }
      await publish(measured, models);
      if (failure !== undefined) throw failure;
    },
  };
}
