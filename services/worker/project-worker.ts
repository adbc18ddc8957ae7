import { postUpdate } from "../adapters/aggregator-client.ts";
import { type Chain, chainTime } from "../adapters/chain/connect.ts";
import { refusalName } from "../adapters/chain/errors.ts";
import { endpointOf, forgetEndpoint } from "../adapters/chain/known-endpoints.ts";
import { readParticipant } from "../adapters/chain/participant.ts";
import { type Project, readProject } from "../adapters/chain/project.ts";
import { readTrainer } from "../adapters/chain/project-trainer.ts";
import { type Round, readRound, submitUpdate } from "../adapters/chain/round.ts";
import { readRevealedKeys, readVoidedRounds } from "../adapters/chain/round-events.ts";
import { readSettlements } from "../adapters/chain/settlements.ts";
import { signUpdate } from "../adapters/chain/sign.ts";
import { isSameAddress } from "../protocol/address.ts";
import { commitUpdate } from "../protocol/commitment.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import type { Curve } from "../protocol/curve.ts";
import type { Envelope } from "../protocol/envelope.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { fromHex } from "../protocol/hex.ts";
import { unpackOutcome } from "../protocol/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../protocol/round-terms.ts";
import { type RandomBytes, randomScalar } from "../protocol/scalar.ts";
import { sealBundle } from "../protocol/seal-bundle.ts";
import { commitmentHash } from "../protocol/submissions.ts";
import { workerErrors } from "./errors.ts";
import { releaseOnChain, releaseToAggregators } from "./release-key.ts";
import { watchCommitPhase } from "./watch-commit-phase.ts";
import type { Work, WorkStore } from "./work-store.ts";

/** Something a trainer may want to see, as it happens. */
export interface WorkerEvent {
  readonly type: string;
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly [detail: string]: unknown;
}

/** Computes this trainer's update for a round: the model is verified before any training. */
export type MakeUpdate = (job: {
  readonly project: Project;
  readonly roundIndex: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the training is done, 0 to 1. */
  readonly onProgress?: (doneShare: number) => void;
}) => Promise<Int16Array>;

/** What a worker needs to take part in one project. */
export interface ProjectWorkerParameters {
  readonly chain: Chain;
  readonly curve: Curve;
  readonly envelope: Envelope;
  readonly contentStore: ContentStore & { addresses?(): string[] };
  readonly workStore: WorkStore;
  readonly makeUpdate: MakeUpdate;
  readonly randomBytes: RandomBytes;
  /** Send signed updates through an aggregator instead of paying gas. */
  readonly isRelayed: boolean;
  /** When each round's update was last handed to an aggregator, by `performance.now()`, which no correction of the machine's clock moves. Kept by the caller from call to call. */
  readonly relayedAtMs: Map<string, number>;
  /** Since when each project is between two rounds, by the same clock; kept by the caller, too. */
  readonly idleSinceMs: Map<bigint, number>;
  readonly onEvent: (event: WorkerEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/** An update that an aggregator took and did not relay is handed over again after this long. */
const RELAY_AGAIN_MS = 15_000;
/** So long after a round its outcome is read: the next one opens within moments, as a rule, and nobody waits for the outcome. */
const OUTCOME_AFTER_MS = 500;
/** Seconds before the end of the reveal phase from which a key that nobody confirmed goes on chain. */
const ON_CHAIN_BEFORE_SECONDS = 10;

/** Whether {@link workOnProject} could do anything about a project as it is now, if only to notice its end. */
export const isWorkToDo = (project: Project, workStore: Pick<WorkStore, "list">): boolean =>
  project.phase !== "idle" || findOver(project, workStore).length > 0;

/**
 * Does whatever a project needs from this trainer now, and returns. Called again and again; every call looks at
 * the chain and at the stored work first, so a worker that was killed anywhere goes on where it was.
 *
 * @returns False once the project has ended and nothing is left to do.
 */
export async function workOnProject(
  parameters: ProjectWorkerParameters,
  projectId: bigint,
): Promise<boolean> {
  const { chain } = parameters;
  const [project, round] = await Promise.all([
    readProject(chain, projectId),
    readRound(chain, projectId),
  ]);
  // Beside the round, which does not wait for what became of the last one. Both come to their end, or the next call would do them twice.
  const ended = await Promise.allSettled([
    isOutcomeDue(parameters, project) && recordOutcomes(parameters, project),
    round.isOpen && work(parameters, project, round),
  ]);
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return project.phase !== "ended";
}

async function work(
  parameters: ProjectWorkerParameters,
  project: Project,
  round: Round,
): Promise<void> {
  const stored = parameters.workStore.find(project.projectId, round.roundIndex);
  if (round.phase === "commit") await takePart(parameters, project, round, stored);
  if ((round.phase === "reveal" || round.phase === "settle") && stored) {
    await handOver(parameters, project, round, stored);
  }
}

/** Not in the first moment between two rounds, in which the next one is opened. */
function isOutcomeDue(
  { idleSinceMs }: ProjectWorkerParameters,
  { phase, projectId }: Project,
): boolean {
  if (phase !== "idle") {
    idleSinceMs.delete(projectId);
    return true;
  }
  const now = performance.now();
  const since = idleSinceMs.get(projectId) ?? now;
  idleSinceMs.set(projectId, since);
  return now - since >= OUTCOME_AFTER_MS;
}

async function takePart(
  parameters: ProjectWorkerParameters,
  project: Project,
  round: Round,
  stored: Work | undefined,
): Promise<void> {
  const { chain, workStore, onEvent, signal } = parameters;
  const { projectId } = project;
  const { roundIndex } = round;
  const trainer = await readTrainer(chain, projectId, chain.account as string);
  if (trainer.status === "released") {
    throw new CommonweightError(workerErrors.placeLost, `project ${projectId}`);
  }
  const isPending = ((round.pendingMask >> BigInt(trainer.rosterIndex)) & 1n) === 1n;
  if (trainer.status !== "active" || !isPending) {
    // Submitted before a crash, and the crash came before this was written down.
    const isIn = ((round.eligibleMask >> BigInt(trainer.rosterIndex)) & 1n) === 1n;
    if (stored?.stage === "prepared" && isIn && trainer.status === "active") {
      workStore.save({ ...stored, stage: "submitted" });
    }
    return;
  }
  // Handed to an aggregator and still not on chain: after a while it is handed over again, in case it was lost.
  const isHandedOver = stored?.stage === "submitted" && parameters.isRelayed;
  const relayedAt = parameters.relayedAtMs.get(`${projectId}/${roundIndex}`) ?? -RELAY_AGAIN_MS;
  if (isHandedOver && performance.now() - relayedAt < RELAY_AGAIN_MS) return;
  const work = stored ?? (await prepareInTime(parameters, project, round));
  if (work === undefined || (await chainTime(chain)) >= round.commitClosesAt) return;
  signal?.throwIfAborted();
  const update = {
    projectId,
    roundIndex,
    commitmentHash: commitmentHash(chain.account as string, work.commitment),
    bundleCid: work.bundleCid,
  };
  try {
    if (parameters.isRelayed) {
      await submitThroughAggregators(parameters, project, update, { isAgain: isHandedOver });
      parameters.relayedAtMs.set(`${projectId}/${roundIndex}`, performance.now());
    } else {
      await submitUpdate(chain, update, {
        onSent: (submissionHash) => workStore.save({ ...work, submissionHash }),
      });
    }
  } catch (error) {
    // The phase closed, or an earlier attempt of ours is in after all: the next look at the chain tells.
    const refusal = refusalName(error);
    if (refusal === "MarketCommitClosed" || refusal === "MarketNotEligible") return;
    throw error;
  }
  workStore.save({ ...work, stage: "submitted" });
  if (!isHandedOver)
    onEvent({ type: "submitted", projectId, roundIndex, bundleCid: work.bundleCid });
}

/** Hands the update to the first aggregator that takes it; to all of them once one has taken it and kept it, by mistake or for a rival's sake. */
async function submitThroughAggregators(
  { chain, contentStore, signal }: ProjectWorkerParameters,
  { terms }: Project,
  update: Parameters<typeof signUpdate>[1],
  { isAgain }: { isAgain: boolean },
): Promise<void> {
  const signature = await signUpdate(chain, update);
  const body = {
    trainer: chain.account as string,
    commitmentHash: update.commitmentHash,
    bundleCid: update.bundleCid,
    multiaddrs: contentStore.addresses?.() ?? [],
    signature,
  };
  let failure: unknown;
  let isTaken = false;
  for (const aggregator of terms.aggregators) {
    try {
      await postUpdate(await endpointOf(chain, aggregator), update, body, { signal });
      isTaken = true;
      if (!isAgain) break;
    } catch (error) {
      forgetEndpoint(chain, aggregator);
      failure = error;
    }
  }
  if (!isTaken) throw failure;
}

/**
 * Prepares the update while the commit phase lasts, and no longer: nobody could take what is ready after it.
 *
 * @returns undefined when the phase ended first.
 */
async function prepareInTime(
  parameters: ProjectWorkerParameters,
  project: Project,
  { roundIndex }: Round,
): Promise<Work | undefined> {
  const { chain, onEvent } = parameters;
  const { projectId } = project;
  const startedAtMs = performance.now();
  let doneShare = 0;
  using phase = watchCommitPhase(() => readRound(chain, projectId), roundIndex, parameters.signal);
  try {
    return await prepare({ ...parameters, signal: phase.signal }, project, roundIndex, (share) => {
      doneShare = share;
    });
  } catch (error) {
    if (!phase.isOver()) throw error;
    const seconds = (performance.now() - startedAtMs) / 1000;
    onEvent({ type: "too-late", projectId, roundIndex, doneShare, seconds });
    return undefined;
  }
}

/** Trains, commits, seals and stores: all of it is on disk before anybody sees the commitment. */
async function prepare(
  parameters: ProjectWorkerParameters,
  project: Project,
  roundIndex: number,
  onProgress: (doneShare: number) => void,
): Promise<Work> {
  const { chain, curve, envelope, contentStore, workStore, randomBytes, onEvent, signal } =
    parameters;
  const { projectId, terms } = project;
  onEvent({ type: "training", projectId, roundIndex });
  const update = await parameters.makeUpdate({
    ...{ project, roundIndex, signal, onProgress },
  });
  onEvent({ type: "trained", projectId, roundIndex });
  const blinding = randomScalar(randomBytes);
  const [commitment, ...participants] = await Promise.all([
    commitUpdate(curve, { update, blinding, signal }),
    ...terms.aggregators.map((aggregator) => readParticipant(chain, aggregator)),
  ]);
  const sealed = await sealBundle({
    envelope,
    update,
    blinding,
    associated: {
      chainId: chain.chainId,
      market: chain.addresses.market,
      projectId,
      roundIndex,
      trainer: chain.account as string,
    },
    commitment,
    fractionBits: terms.fractionBits,
    aggregatorPublicKeys: participants.map(({ encryptionKey }) => fromHex(encryptionKey)),
  });
  const bundleCid = await contentStore.put(sealed.bytes, signal ? { signal } : {});
  const work: Work = {
    projectId,
    roundIndex,
    stage: "prepared",
    commitment,
    blinding,
    contentKey: sealed.contentKey,
    bundleCid,
    releasedTo: [],
  };
  workStore.save(work);
  onEvent({ type: "sealed", projectId, roundIndex, bundleCid, bytes: sealed.bytes.length });
  return work;
}

async function handOver(
  parameters: ProjectWorkerParameters,
  project: Project,
  round: Round,
  work: Work,
): Promise<void> {
  const { chain, workStore, onEvent, signal } = parameters;
  const { terms, projectId } = project;
  if (work.stage === "settled" || work.stage === "lost") return;
  const stillReleasedTo = await withoutTakenBack(chain, round, work);
  if (stillReleasedTo.includes("chain")) return;
  const missing = terms.aggregators.filter((each) => !stillReleasedTo.includes(each));
  if (missing.length === 0) return;
  const release = { projectId, roundIndex: round.roundIndex, contentKey: work.contentKey };
  const confirmed = await releaseToAggregators(chain, missing, release, { signal });
  let releasedTo = [...stillReleasedTo, ...confirmed];
  // Without the charge holder's receipt the key goes on chain while the reveal phase still lasts.
  const inCharge = terms.aggregators[project.aggregatorIndex] ?? "";
  if (!releasedTo.includes(inCharge)) {
    const now = await chainTime(chain);
    const from = round.revealClosesAt - Math.max(ON_CHAIN_BEFORE_SECONDS, terms.revealSeconds / 2);
    if (now >= from && now < round.revealClosesAt) {
      await releaseOnChain(chain, release);
      releasedTo = [...releasedTo, "chain"];
    }
  }
  if (releasedTo.length === stillReleasedTo.length) return;
  workStore.save({ ...work, stage: "released", releasedTo });
  onEvent({ type: "key-released", projectId, roundIndex: round.roundIndex, to: releasedTo });
}

/** Where the key still is: a reorganisation may take back what went on chain, and while the reveal phase lasts it can go there again. */
async function withoutTakenBack(
  chain: Chain,
  { phase }: Round,
  { projectId, roundIndex, releasedTo }: Work,
): Promise<readonly string[]> {
  if (phase !== "reveal" || !releasedTo.includes("chain")) return releasedTo;
  const revealed = await readRevealedKeys(chain, projectId, roundIndex);
  const isThere = revealed.some(({ account }) => isSameAddress(chain.account, account));
  return isThere ? releasedTo : releasedTo.filter((each) => each !== "chain");
}

/** Notes what became of work that was handed in: verdict, share and pay, as the chain has them. */
async function recordOutcomes(
  { chain, workStore, onEvent }: ProjectWorkerParameters,
  project: Project,
): Promise<void> {
  const { projectId } = project;
  for (const work of findOver(project, workStore)) {
    const { roundIndex } = work;
    const [settlement] = await readSettlements(chain, projectId, roundIndex);
    const index = settlement?.trainers.findIndex(
      (trainer) => trainer.toLowerCase() === chain.account?.toLowerCase(),
    );
    if (settlement === undefined || index === undefined || index < 0) {
      const voided = (await readVoidedRounds(chain, projectId)).find(
        (each) => each.roundIndex === roundIndex,
      );
      const outcome = { verdict: voided ? "void" : "not-submitted", reason: voided?.reason };
      workStore.save({ ...work, stage: "lost", outcome });
      onEvent({ type: "outcome", projectId, roundIndex, ...outcome });
      continue;
    }
    const decoded = unpackOutcome(settlement.outcomeWords, project.terms.slots);
    const outcome = {
      slot: FIRST_TRAINER_SLOT + index,
      verdict: decoded.verdicts[index],
      weight: decoded.weights[index],
      share: decoded.shares[index],
      earnedWei: (settlement.earningsWei[index] ?? 0n).toString(),
      transactionHash: settlement.transactionHash,
    };
    workStore.save({ ...work, stage: "settled", outcome });
    onEvent({ type: "outcome", projectId, roundIndex, ...outcome });
  }
}

/** Stored work whose round is over and whose outcome is not written down. */
const findOver = (project: Project, workStore: Pick<WorkStore, "list">) =>
  workStore.list(project.projectId).filter(({ stage, roundIndex }) => {
    const isOver = roundIndex < project.nextRoundIndex - 1 || isBetweenRounds(project);
    return stage !== "settled" && stage !== "lost" && isOver;
  });

const isBetweenRounds = (project: Project) =>
  project.phase === "idle" || project.phase === "overdue" || project.phase === "ended";
