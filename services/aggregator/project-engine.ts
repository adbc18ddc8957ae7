import type { Chain } from "../adapters/chain/connect.ts";
import { refusalName } from "../adapters/chain/errors.ts";
import { readSubmissions } from "../adapters/chain/history.ts";
import { bondAggregator, type Project, poke, readProject } from "../adapters/chain/project.ts";
import {
  openRound,
  type Round,
  readRound,
  settleRound,
  submitUpdates,
} from "../adapters/chain/round.ts";
import { approveVault } from "../adapters/chain/token.ts";
import { topUpWrapped } from "../adapters/chain/token-balance.ts";
import { isSameAddress } from "../protocol/address.ts";
import { applyAggregate } from "../protocol/apply-round.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { type Curve, INFINITY } from "../protocol/curve.ts";
import type { EncryptionKeyPair, Envelope } from "../protocol/envelope.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { TensorLayout } from "../protocol/model-file.ts";
import { MAX_ROUND_JOB_BYTES } from "../protocol/round-job.ts";
import { type Alerts, deadlineAlert } from "./alerts.ts";
import { BundleOpener } from "./bundle-opener.ts";
import type { ChainHead } from "./chain-head.ts";
import {
  isReadable,
  maxBundleBytes,
  type ReadableUpdate,
  type UnreadableUpdate,
} from "./collect-bundles.ts";
import { aggregatorErrors } from "./errors.ts";
import { ModelKeeper } from "./model-keeper.ts";
import type { oneAtATime } from "./one-at-a-time.ts";
import type { Prover } from "./prover.ts";
import { openRoundContent } from "./round-content.ts";
import { planAction } from "./round-plan.ts";
import { buildRoundReport, type RoundReport } from "./round-report.ts";
import type { RoundStore } from "./round-store.ts";
import type { ServiceEvent } from "./service-status.ts";
import { exclusionsOf, roundToProve } from "./settle-round.ts";
import type { TransactionStore } from "./transaction-store.ts";

/** What one project's engine works with. */
export interface ProjectEngineParameters {
  readonly chain: Chain;
  /** Shared by all projects of the connection. */
  readonly head: ChainHead;
  readonly curveFor: (parameterCount: number) => Promise<Curve>;
  readonly contentStore: ContentStore;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
  readonly store: RoundStore;
  readonly roundCosts: TransactionStore["roundCosts"];
  readonly prover: Prover;
  /** Shared by all projects: work with the account's tokens, one at a time. */
  readonly inTurn: ReturnType<typeof oneAtATime>;
  readonly alerts: Alerts;
  /** Named tensors of a project's model, for the float32 part of model files. */
  readonly layoutOf: (project: Project) => Promise<readonly TensorLayout[]>;
  readonly onEvent: (event: ServiceEvent) => void;
  readonly signal: AbortSignal;
}

/** Drives one project from round to round. Every step starts from the chain, so it may be killed at any instant. */
export class ProjectEngine {
  readonly #parameters: ProjectEngineParameters;
  readonly projectId: bigint;
  readonly #opener: BundleOpener;
  readonly #models: ModelKeeper;
  #waitingFor = "";
  #checking = -1;

  constructor(parameters: ProjectEngineParameters, projectId: bigint) {
    this.#parameters = parameters;
    this.projectId = projectId;
    this.#opener = new BundleOpener(parameters);
    this.#models = new ModelKeeper({ ...parameters, projectId, opener: this.#opener });
  }

  /** Does the next step, if there is one. @returns False once the project has ended. */
  async step(): Promise<boolean> {
    const { store } = this.#parameters;
    const [project, round, now] = await this.#look();
    const ownIndex = this.#ownIndex(project);
    this.#watchDeadline(project, round, now);
    const references = store.findReferences(this.projectId, project.nextRoundIndex);
    const action = planAction({
      project,
      round,
      ownIndex,
      hasReferences: references !== undefined,
      now,
    });
    if (action.kind === "done") return false;
    await this.#models.keep(project);
    if (action.kind === "bond") await this.#bond(project);
    if (action.kind === "open") await this.#open(project);
    if (action.kind === "collect") await this.#collect(project, round);
    if (action.kind === "settle") await this.#settle(project, round, action.isRevealOver);
    if (action.kind === "poke") await this.#poke(project);
    if (action.kind === "wait") this.#wait(action.for);
    return true;
  }

  /** Looks whether a window is about to end: a step that waits for its proof does not look itself. */
  async watch(): Promise<void> {
    this.#watchDeadline(...(await this.#look()));
  }

  async #look(): Promise<[Project, Round, number]> {
    const { chain, head } = this.#parameters;
    const [project, round, { time }] = await Promise.all([
      readProject(chain, this.projectId),
      readRound(chain, this.projectId),
      head.read(chain),
    ]);
    return [project, round, time];
  }

  #ownIndex({ terms }: Project): number {
    const account = this.#parameters.chain.account ?? "";
    const ownIndex = terms.aggregators.findIndex((each) => isSameAddress(each, account));
    if (ownIndex < 0) throw new CommonweightError(aggregatorErrors.notAnAggregator);
    return ownIndex;
  }

  #watchDeadline(project: Project, round: Round, time: number): void {
    const late = deadlineAlert(project, round, this.#ownIndex(project), { time });
    this.#parameters.alerts.set("deadline", `project ${this.projectId}`, late);
  }

  #emit(type: string, details: Record<string, unknown> = {}): void {
    this.#parameters.onEvent({
      type,
      at: Math.floor(Date.now() / 1000),
      projectId: this.projectId,
      ...details,
    });
  }

  #wait(reason: string): void {
    if (this.#waitingFor !== reason) this.#emit("waiting", { for: reason });
    this.#waitingFor = reason;
  }

  async #bond({ terms }: Project): Promise<void> {
    const { chain, inTurn } = this.#parameters;
    // Balance and allowance are the account's: two projects that bond side by side would spend each other's.
    await inTurn(async () => {
      await topUpWrapped(chain, terms.rewardToken, terms.aggregatorBondWei);
      await approveVault(chain, terms.rewardToken, terms.aggregatorBondWei);
      await bondAggregator(chain, this.projectId);
    });
    this.#emit("bonded", { bondWei: terms.aggregatorBondWei });
  }

  async #poke({ phase }: Project): Promise<void> {
    await poke(this.#parameters.chain, this.projectId).catch(() => undefined);
    this.#emit("poked", { phase });
  }

  async #open(project: Project): Promise<void> {
    const { chain, store } = this.#parameters;
    const roundIndex = project.nextRoundIndex;
    const body = store.findReferences(this.projectId, roundIndex);
    if (body === undefined) return;
    // Trainers fetch it from here, so it must be here before they look for it.
    if (body.jobCid !== undefined) {
      await this.#parameters.contentStore.pin(body.jobCid, {
        maxBytes: MAX_ROUND_JOB_BYTES,
        signal: this.#parameters.signal,
      });
    }
    const point = (p: { x: string; y: string }) => ({ x: BigInt(p.x), y: BigInt(p.y) });
    const receipt = await openRound(
      chain,
      {
        projectId: this.projectId,
        roundIndex,
        reference: point(body.reference),
        payGradient: body.payGradient ? point(body.payGradient) : INFINITY,
        referenceCid: body.referenceBundleCid,
        payGradientCid: body.payGradientBundleCid ?? "",
        jobCid: body.jobCid ?? "",
      },
      body.signature,
    );
    this.#opener.clear();
    this.#emit("round-opened", { roundIndex, gasUsed: receipt.gasUsed });
  }

  /** Relays signed updates in batches and fetches sealed bundles while others still train. */
  async #collect(project: Project, round: Round): Promise<void> {
    const { chain, store, contentStore, signal } = this.#parameters;
    const { roundIndex } = round;
    const submissions = await readSubmissions(chain, this.projectId, roundIndex);
    this.#emitProgress(roundIndex, submissions.length, round);
    const signed = store
      .listUpdates(this.projectId, roundIndex)
      .filter(({ trainer }) => !submissions.some((each) => isSameAddress(each.trainer, trainer)));
    if (signed.length > 0) {
      const updates = signed.map(({ commitment, bundleCid, signature }) => ({
        commitment: { x: BigInt(commitment.x), y: BigInt(commitment.y) },
        bundleCid,
        signature,
      }));
      await this.#relay(roundIndex, updates);
    }
    for (const { bundleCid } of submissions) {
      // A bundle that does not come now is asked for again when it is opened.
      await contentStore
        .get(bundleCid, {
          timeoutMs: 5000,
          retries: 0,
          signal,
          maxBytes: maxBundleBytes(project.terms.parameterCount),
        })
        .catch(() => undefined);
    }
  }

  /** One transaction for all; if one of them is refused, each on its own, so that nobody can block the others. */
  async #relay(roundIndex: number, updates: Parameters<typeof submitUpdates>[3]): Promise<void> {
    const { chain } = this.#parameters;
    const send = async (batch: typeof updates) => {
      const { gasUsed } = await submitUpdates(chain, this.projectId, roundIndex, batch);
      this.#emit("updates-relayed", { roundIndex, count: batch.length, gasUsed });
    };
    try {
      await send(updates);
    } catch (error) {
      if (refusalName(error) === undefined || updates.length === 1) throw error;
      for (const update of updates) {
        await send([update]).catch((failure: unknown) => {
          this.#emit("relay-refused", { roundIndex, message: String(failure) });
        });
      }
    }
  }

  #lastProgress = "";
  #emitProgress(roundIndex: number, submitted: number, round: Round): void {
    const progress = `${roundIndex}/${submitted}`;
    if (progress === this.#lastProgress) return;
    this.#lastProgress = progress;
    this.#emit("collecting", { roundIndex, submitted, commitClosesAt: round.commitClosesAt });
  }

  async #settle(project: Project, round: Round, isRevealOver: boolean): Promise<void> {
    const { chain, store, prover, contentStore, signal } = this.#parameters;
    const { roundIndex } = round;
    if (this.#checking !== roundIndex) this.#emit("checking", { roundIndex });
    this.#checking = roundIndex;
    const content = await openRoundContent(
      { chain, opener: this.#opener, models: this.#models, onMissing: (what) => this.#wait(what) },
      { project, round, isRevealOver },
    );
    if (content === undefined) return;
    const job = roundToProve(chain, content);
    this.#emit("proving", {
      roundIndex,
      readable: content.updates.filter(isReadable).length,
      excluded: content.updates.filter(isUnreadable),
    });
    const { rule, ...rest } = job;
    let reported = 0;
    const proven = await prover.prove(
      { ...rest, ruleId: rule.id },
      {
        signal,
        isWanted: async () => {
          const [, now] = await this.#look();
          return (
            now.roundIndex === roundIndex && (now.phase === "reveal" || now.phase === "settle")
          );
        },
        onProgress: (fraction, step) => {
          if (fraction - reported < 0.2 && fraction < 1) return;
          reported = fraction;
          this.#emit("proof-progress", { roundIndex, fraction, step });
        },
      },
    );
    if (proven === undefined) return;
    const { result, seconds } = proven;
    const { proof, outcome, aggregate } = result;
    this.#emit("proven", { roundIndex, seconds, isVoid: outcome.isVoid });
    const newModel = outcome.isVoid ? undefined : applyAggregate(content.model, aggregate);
    const newModelCid = newModel
      ? await this.#models.publish(project, roundIndex, newModel, proof.aggregateCommitment)
      : "";
    store.saveResult(
      this.projectId,
      roundIndex,
      "exclusions",
      content.updates.filter(isUnreadable),
    );
    store.saveResult(this.projectId, roundIndex, "proof", { seconds });
    const receipt = await settleRound(chain, {
      projectId: this.projectId,
      roundIndex,
      reference: content.opening.reference,
      payGradient: content.opening.payGradient,
      trainers: content.submissions.map(({ trainer }) => trainer),
      commitments: content.submissions.map(({ commitment }) => commitment),
      ...exclusionsOf(content.updates),
      proof,
      newModelCid: newModelCid === "" ? await this.#emptyCid(contentStore) : newModelCid,
    });
    const report = await this.report(roundIndex);
    this.#emit("round-settled", { ...report, gasUsed: receipt.gasUsed });
  }

  /** A void round has no model; its settlement ignores the CID but the field is not optional. */
  async #emptyCid(contentStore: ContentStore): Promise<string> {
    return contentStore.put(new Uint8Array());
  }

  /** The round's report from the chain, with what this service knows besides; undefined while nothing is settled. */
  async report(roundIndex: number): Promise<RoundReport | undefined> {
    const { chain, store, roundCosts } = this.#parameters;
    return buildRoundReport({ chain, store, roundCosts }, this.projectId, roundIndex);
  }
}

const isUnreadable = (each: ReadableUpdate | UnreadableUpdate): each is UnreadableUpdate =>
  !isReadable(each);
