import { postKey, postReferences } from "../adapters/aggregator-client.ts";
import { openBlockNews } from "../adapters/chain/block-news.ts";
import { chainTime } from "../adapters/chain/connect.ts";
import { endpointOf, forgetEndpoint } from "../adapters/chain/known-endpoints.ts";
import { ModelLog } from "../adapters/chain/model-log.ts";
import { type Project, readProject } from "../adapters/chain/project.ts";
import type { PublishedModel } from "../adapters/chain/published-models.ts";
import { type Round, readRound, revealKey } from "../adapters/chain/round.ts";
import { signMessage } from "../adapters/chain/sign.ts";
import { extendEvaluationHistory, type ModelEvaluation } from "../learning/evaluation-history.ts";
import { roundHyperparameters } from "../learning/hyperparameters.ts";
import { planLearningRate } from "../learning/plan-learning-rate.ts";
import { secureBytes, seededBytes } from "../learning/random.ts";
import { computeReferences, type References } from "../learning/references.ts";
import type { ReleaseKind } from "../protocol/api.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import { loadModel } from "../protocol/load-model.ts";
import { floatsOf } from "../protocol/model-file.ts";
import type { RoundJob } from "../protocol/round-job.ts";
import { keyReleaseMessage } from "../protocol/signed-messages.ts";
import { ownerErrors } from "./errors.ts";
import { createEvaluationPublisher } from "./evaluation-publisher.ts";
import { type ForeseenModel, foreseeReferences } from "./foreseen-references.ts";
import { openReferee } from "./open-referee.ts";
import type { RefereeEvent, RefereeSettings } from "./referee-settings.ts";
import type { StoredReference } from "./reference-store.ts";
import { sealReferences } from "./seal-references.ts";

/** What a referee did until it stopped: everything since this start. */
export interface RefereeReport {
  readonly projectId: bigint;
  /** Rounds whose commitments an aggregator has taken. */
  readonly references: number[];
  /** Keys handed out: to an aggregator, or to the chain. */
  readonly releases: { readonly roundIndex: number; readonly to: string }[];
  readonly evaluations: {
    readonly version: number;
    readonly accuracy: number;
    readonly loss: number;
  }[];
}

/**
 * Serves a project's reference update and pay gradient: before each round it trains them on the owner's own
 * samples, commits and seals them; after the commit phase it releases their keys. The samples never leave.
 */
export async function runReferee(
  settings: RefereeSettings,
  onEvent: (event: RefereeEvent) => void,
): Promise<RefereeReport> {
  const { signal, projectId } = settings;
  const opened = await openReferee(settings, onEvent);
  const { chain, account, terms, manifest, ipfs, store, curve, keyring } = opened;
  const { rootSet, paySet, validationSet } = opened.sets;
  const served: RefereeReport = { projectId, references: [], releases: [], evaluations: [] };
  const { aggregators } = terms;
  const modelLog = new ModelLog(chain, projectId);
  const publishEvaluations = createEvaluationPublisher(chain, { projectId, aggregators, signal });
  const { learningRate, bounds } = manifest.training;
  const foreseeing = new AbortController();
  /** Every model's, in their order: read from the store when a model is new, not at every look. */
  let measured: readonly ModelEvaluation[] = [];

  async function loadParameters(model: ForeseenModel): Promise<Float32Array> {
    const { integers } = await loadModel(
      curve,
      ipfs,
      {
        ...model,
        chainId: chain.chainId,
        market: chain.addresses.market,
        projectId,
        fractionBits: terms.fractionBits,
        parameterCount: terms.parameterCount,
      },
      { signal, keyring },
    );
    return floatsOf(integers, terms.fractionBits);
  }

  /** Measures every model that was not measured yet, and tells the aggregators. */
  async function evaluateModels(project: Project): Promise<void> {
    if (validationSet === undefined) return;
    const models = await modelLog.read(project);
    if (models.at(-1)?.version !== measured.at(-1)?.version) {
      measured = await extendEvaluationHistory({
        model: manifest.model,
        history: store.listEvaluations(projectId),
        versions: models.map(({ version }) => version),
        loadParameters: async (version) => {
          const model = models.find((each) => each.version === version) as PublishedModel;
          const parameters = await loadParameters(model);
          await ipfs.pin(model.cid);
          return parameters;
        },
        dataset: validationSet,
        signal,
        onProgress: (evaluation) => {
          store.saveEvaluation(projectId, evaluation);
          const { version, accuracy, loss } = evaluation;
          served.evaluations.push({ version, accuracy, loss });
          onEvent({ type: "evaluated", projectId, version, accuracy, loss });
        },
      });
    }
    await publishEvaluations(measured, models);
  }

  /** What this round changes of the manifest's settings, within the owner's bounds; nothing while models get better. */
  function planJob(): RoundJob | undefined {
    if (bounds === undefined) return undefined;
    const losses = store.listEvaluations(projectId).map(({ loss }) => loss);
    const planned = planLearningRate(learningRate, bounds.learningRate, losses);
    return planned === learningRate ? undefined : { version: 1, learningRate: planned };
  }

  const computeOn = async (
    roundIndex: number,
    parameters: Float32Array,
    job: RoundJob | undefined,
  ): Promise<References> => {
    onEvent({ type: "reference-training", projectId, roundIndex });
    const seed = `${settings.seed ?? account}/${projectId}/${roundIndex}`;
    const vectors = await computeReferences({
      model: manifest.model,
      parameters,
      rootSet: rootSet,
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
  };

  const seal = async (
    roundIndex: number,
    vectors: References,
    job: RoundJob | undefined,
  ): Promise<StoredReference> => {
    onEvent({ type: "reference-sealing", projectId, roundIndex });
    const sealed = await sealReferences(opened, { projectId, roundIndex, vectors, job, signal });
    onEvent({ type: "reference-sealed", projectId, roundIndex });
    return sealed;
  };

  const foreseen = foreseeReferences({
    endpoints: opened.endpoints,
    ...{ projectId, signal: foreseeing.signal },
    // A round whose settings follow from the last model's measurement is not planned before.
    isWanted: async (roundIndex) => {
      if (bounds !== undefined || store.find(projectId, roundIndex) !== undefined) return false;
      const { nextRoundIndex, appliedRounds } = await readProject(chain, projectId);
      return roundIndex === nextRoundIndex && appliedRounds + 1 < terms.rounds;
    },
    make: async (roundIndex, model) => {
      const vectors = await computeOn(roundIndex, await loadParameters(model), undefined);
      return seal(roundIndex, vectors, undefined);
    },
  });

  async function prepare(project: Project): Promise<StoredReference> {
    const roundIndex = project.nextRoundIndex;
    const known = store.find(projectId, roundIndex);
    if (known !== undefined) return known;
    const model = (await modelLog.read(project)).at(-1);
    if (model === undefined) throw new CommonweightError(ownerErrors.termsMismatch, "no model");
    const job = planJob();
    const make = async () =>
      seal(roundIndex, await computeOn(roundIndex, await loadParameters(model), job), job);
    const stored = (await foreseen.take(roundIndex, model)) ?? (await make());
    store.save(projectId, roundIndex, stored);
    onEvent({ type: "reference-ready", projectId, roundIndex, ...job });
    // Kept for others, whom the round does not wait for; without it the model is measured, and pinned then, all the same.
    ipfs.pin(model.cid, { signal }).catch(() => undefined);
    return stored;
  }

  /** Whether the first round still waits for trainers. The aggregators' windows to open it come after the time to join. */
  async function isJoining(project: Project): Promise<boolean> {
    const { firstRoundTrainers = 0 } = settings;
    if (project.nextRoundIndex > 0 || project.trainerCount >= firstRoundTrainers) return false;
    const joinEndsAt = project.phaseEndsAt - aggregators.length * terms.openSeconds;
    return (await chainTime(chain)) < joinEndsAt;
  }

  /** Hands the commitments to every aggregator; the one in charge opens the round with them. */
  async function offer(project: Project): Promise<void> {
    const roundIndex = project.nextRoundIndex;
    const { body } = await prepare(project);
    if (await isJoining(project)) return;
    // After a restart the signed commitments are those on disk, but this node listens elsewhere.
    const reachable = { ...body, multiaddrs: ipfs.addresses() };
    const tell = async (aggregator: string) => {
      const endpoint = await endpointOf(chain, aggregator);
      await postReferences(endpoint, { projectId, roundIndex }, reachable, { signal }).then(
        () => {
          if (!served.references.includes(roundIndex)) served.references.push(roundIndex);
        },
        () => forgetEndpoint(chain, aggregator),
      );
    };
    // Side by side: the one in charge need not wait until a standby has answered.
    await Promise.all(terms.aggregators.map(tell));
  }

  const released = new Set<string>();
  async function release(project: Project, round: Round): Promise<void> {
    const { roundIndex } = round;
    const stored = store.find(projectId, roundIndex);
    if (stored === undefined || round.isReferenceRevealed) return;
    const context = {
      chainId: chain.chainId,
      market: chain.addresses.market,
      projectId,
      roundIndex,
    };
    const send = async (aggregator: string, kind: ReleaseKind, key: Uint8Array) => {
      const endpoint = await endpointOf(chain, aggregator);
      const contentKey = toHex(key);
      const signature = await signMessage(
        chain,
        keyReleaseMessage(context, { aggregator, kind, contentKey }),
      );
      await postKey(
        endpoint,
        context,
        { sender: account, kind, contentKey, signature },
        { signal },
      );
    };
    const tell = async (aggregator: string, index: number) => {
      const mark = `${roundIndex}/${index}`;
      if (released.has(mark)) return;
      try {
        await Promise.all([
          send(aggregator, "reference", stored.referenceKey),
          stored.payGradientKey && send(aggregator, "pay-gradient", stored.payGradientKey),
        ]);
        released.add(mark);
        served.releases.push({ roundIndex, to: aggregator });
        onEvent({ type: "reference-released", projectId, roundIndex, aggregator });
      } catch {
        forgetEndpoint(chain, aggregator);
        // Tried again at the next look; the chain is the way past an aggregator that does not answer.
      }
    };
    await Promise.all(terms.aggregators.map(tell));
    if (released.has(`${roundIndex}/${project.aggregatorIndex}`)) return;
    const { timestamp } = (await chain.provider.getBlock("latest")) ?? { timestamp: 0 };
    if (timestamp < round.revealClosesAt - terms.revealSeconds / 2) return;
    const keys = new Uint8Array([...stored.referenceKey, ...(stored.payGradientKey ?? [])]);
    await revealKey(chain, { projectId, roundIndex, isReference: true, sealedKeys: keys });
    served.releases.push({ roundIndex, to: "chain" });
    onEvent({ type: "reference-released", projectId, roundIndex, aggregator: "chain" });
  }

  const news = openBlockNews(chain);
  try {
    onEvent({ type: "ready", account, projectId });
    let lastFailure = "";
    while (!signal.aborted) {
      try {
        const [project, round] = await Promise.all([
          readProject(chain, projectId),
          readRound(chain, projectId),
        ]);
        // The round does not wait for a measurement that plans nothing in it.
        if (project.phase === "idle" && bounds === undefined) await offer(project);
        await evaluateModels(project);
        if (project.phase === "ended") break;
        if (project.phase === "idle" && bounds !== undefined) await offer(project);
        if (round.isOpen && round.phase !== "commit") await release(project, round);
        lastFailure = "";
      } catch (error) {
        if (signal.aborted) break;
        const message = error instanceof Error ? error.message : String(error);
        if (message !== lastFailure) onEvent({ type: "failed", projectId, message });
        lastFailure = message;
      }
      await news.until({ longestMs: settings.pollMs ?? 1000, signal });
    }
    return served;
  } finally {
    news.close();
    foreseeing.abort();
    await opened.close();
  }
}
