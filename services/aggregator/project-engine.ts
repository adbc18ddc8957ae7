import { randomUUID } from "node:crypto";
import { type Chain, chainTime } from "../adapters/chain/connect.ts";
import { refusalName } from "../adapters/chain/errors.ts";
import {
  readModels,
  readOpenings,
  readPosting,
  readRevealedKeys,
  readSubmissions,
} from "../adapters/chain/history.ts";
import { readReaderKeys } from "../adapters/chain/model-readers.ts";
import {
  bondAggregator,
  type Project,
  poke,
  readProject,
  readTrainers,
} from "../adapters/chain/project.ts";
import {
  openRound,
  type Round,
  readRound,
  settleRound,
  submitUpdates,
} from "../adapters/chain/round.ts";
import { approveVault } from "../adapters/chain/token.ts";
import { topUpWrapped } from "../adapters/chain/token-balance.ts";
import type { Receipt } from "../adapters/chain/transaction-sender.ts";
import { createModelKeyring } from "../command-line/model-keyring.ts";
import { applyAggregate, type BlindedModel } from "../protocol/apply-round.ts";
import { commitUpdate } from "../protocol/commitment.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { type Curve, INFINITY } from "../protocol/curve.ts";
import type { EncryptionKeyPair, Envelope } from "../protocol/envelope.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { loadModel } from "../protocol/load-model.ts";
import { encodeModelFile, type TensorLayout } from "../protocol/model-file.ts";
import { type ModelKeyring, sealModel } from "../protocol/private-model.ts";
import { MAX_ROUND_JOB_BYTES } from "../protocol/round-job.ts";
import {
  isReadable,
  openSubmission,
  type ReadableUpdate,
  type UnreadableUpdate,
} from "./collect-bundles.ts";
import { aggregatorErrors } from "./errors.ts";
import type { Prover } from "./prover.ts";
import { planAction } from "./round-plan.ts";
import type { RoundStore, StoredKey } from "./round-store.ts";
import type { ServiceEvent } from "./service-status.ts";
import { exclusionsOf, type OpenedRoundContent, roundToProve } from "./settle-round.ts";
import type { TransactionStore } from "./transaction-store.ts";

/** What one project's engine works with. */
export interface ProjectEngineParameters {
  readonly chain: Chain;
  readonly curveFor: (parameterCount: number) => Promise<Curve>;
  readonly contentStore: ContentStore;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
  readonly store: RoundStore;
  readonly roundCosts: TransactionStore["roundCosts"];
  readonly prover: Prover;
  /** Named tensors of a project's model, for the float32 part of model files. */
  readonly layoutOf: (project: Project) => Promise<readonly TensorLayout[]>;
  readonly onEvent: (event: ServiceEvent) => void;
  readonly signal: AbortSignal;
}

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
const bytesOfHex = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), "hex"));
const hexOf = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;

/** Drives one project from round to round. Every step starts from the chain, so it may be killed at any instant. */
export class ProjectEngine {
  readonly #parameters: ProjectEngineParameters;
  readonly projectId: bigint;
  readonly #models = new Map<string, BlindedModel>();
  readonly #opened = new Map<string, ReadableUpdate>();
  #waitingFor = "";
  #checking = -1;

  constructor(parameters: ProjectEngineParameters, projectId: bigint) {
    this.#parameters = parameters;
    this.projectId = projectId;
  }

  /** Does the next step, if there is one. @returns False once the project has ended. */
  async step(): Promise<boolean> {
    const { chain, store } = this.#parameters;
    const [project, round, now] = await Promise.all([
      readProject(chain, this.projectId),
      readRound(chain, this.projectId),
      chainTime(chain),
    ]);
    const ownIndex = project.terms.aggregators.findIndex((each) =>
      isSame(each, chain.account ?? ""),
    );
    if (ownIndex < 0) throw new CommonweightError(aggregatorErrors.notAnAggregator);
    const references = store.findReferences(this.projectId, project.nextRoundIndex);
    const action = planAction({
      project,
      round,
      ownIndex,
      hasReferences: references !== undefined,
      now,
    });
    if (action.kind === "done") return false;
    await this.#keepContent();
    if (action.kind === "bond") await this.#bond(project);
    if (action.kind === "open") await this.#open(project);
    if (action.kind === "collect") await this.#collect(project, round);
    if (action.kind === "settle") await this.#settle(project, round, action.isRevealOver);
    if (action.kind === "poke") await this.#poke(project);
    if (action.kind === "wait") this.#wait(action.for);
    return true;
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

  readonly #kept = new Set<string>();

  /** Keeps the manifest and the newest model here, so that trainers find them and a standby can take over. */
  async #keepContent(): Promise<void> {
    const { chain, contentStore, signal } = this.#parameters;
    const model = (await readModels(chain, this.projectId)).at(-1);
    const { manifestCid } = await readPosting(chain, this.projectId);
    for (const cid of [manifestCid, model?.cid]) {
      if (cid === undefined || this.#kept.has(cid)) continue;
      this.#kept.add(cid);
      // In the background: a model that is far away must not hold up the project's next step.
      contentStore.pin(cid, { signal, timeoutMs: 30_000 }).catch(() => this.#kept.delete(cid));
    }
  }

  async #bond({ terms }: Project): Promise<void> {
    await topUpWrapped(this.#parameters.chain, terms.rewardToken, terms.aggregatorBondWei);
    await approveVault(this.#parameters.chain, terms.rewardToken, terms.aggregatorBondWei);
    await bondAggregator(this.#parameters.chain, this.projectId);
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
    this.#opened.clear();
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
      .filter(({ trainer }) => !submissions.some((each) => isSame(each.trainer, trainer)));
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
          maxBytes: 2 * project.terms.parameterCount + 16_384,
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
    const { chain, prover, contentStore, signal } = this.#parameters;
    const { roundIndex } = round;
    const content = await this.#content(project, round, isRevealOver);
    if (content === undefined) return;
    const job = roundToProve(chain, content);
    this.#emit("proving", {
      roundIndex,
      readable: content.updates.filter(isReadable).length,
      excluded: content.updates.filter((each): each is UnreadableUpdate => !isReadable(each)),
    });
    const { rule, ...rest } = job;
    let reported = 0;
    const { result, seconds } = await prover.prove(
      { ...rest, ruleId: rule.id },
      {
        signal,
        onProgress: (fraction, step) => {
          if (fraction - reported < 0.2 && fraction < 1) return;
          reported = fraction;
          this.#emit("proof-progress", { roundIndex, fraction, step });
        },
      },
    );
    const { proof, outcome, aggregate } = result;
    this.#emit("proven", { roundIndex, seconds, isVoid: outcome.isVoid });
    const newModel = outcome.isVoid ? undefined : applyAggregate(content.model, aggregate);
    const newModelCid = newModel
      ? await this.#publish(project, roundIndex, newModel, proof.aggregateCommitment)
      : "";
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
    this.#report(content, result, receipt, seconds, newModelCid);
  }

  /** A void round has no model; its settlement ignores the CID but the field is not optional. */
  async #emptyCid(contentStore: ContentStore): Promise<string> {
    return contentStore.put(new Uint8Array());
  }

  #report(
    content: OpenedRoundContent,
    { outcome }: Awaited<ReturnType<Prover["prove"]>>["result"],
    receipt: Receipt,
    seconds: number,
    modelCid: string,
  ): void {
    const { roundIndex } = content.opening;
    const report = {
      reportId: randomUUID(),
      roundIndex,
      transactionHash: receipt.hash,
      gasUsed: receipt.gasUsed,
      /** What the whole round's transactions cost this aggregator, and what the terms pay it for settling. */
      costs: {
        ...this.#parameters.roundCosts(this.projectId, roundIndex),
        settleFeeWei: content.project.terms.settleFeeWei,
      },
      proofSeconds: seconds,
      modelCid,
      isVoid: outcome.isVoid,
      trainers: content.submissions.map(({ trainer, slot }) => ({
        trainer,
        slot,
        verdict: outcome.verdicts[slot - 3],
        weight: outcome.weights[slot - 3],
        share: outcome.shares[slot - 3],
        ...exclusionOf(content.updates, slot),
      })),
    };
    this.#parameters.store.saveResult(this.projectId, roundIndex, "report", report);
    this.#emit("round-settled", report);
  }

  /** Opens every bundle of the round; undefined while keys are still on their way. */
  async #content(
    project: Project,
    round: Round,
    isRevealOver: boolean,
  ): Promise<OpenedRoundContent | undefined> {
    const { chain } = this.#parameters;
    const { roundIndex } = round;
    const { terms } = project;
    const [opening] = await readOpenings(chain, this.projectId, roundIndex);
    if (opening === undefined) return undefined;
    const submissions = await readSubmissions(chain, this.projectId, roundIndex);
    const keys = await this.#releasedKeys(project, roundIndex);
    const find = (sender: string, kind: StoredKey["kind"]) => {
      const key = keys.find((each) => isSame(each.sender, sender) && each.kind === kind);
      return key === undefined ? undefined : bytesOfHex(key.contentKey);
    };
    if (this.#checking !== roundIndex) this.#emit("checking", { roundIndex });
    this.#checking = roundIndex;
    const curve = await this.#parameters.curveFor(terms.parameterCount);
    const open = async (
      each: Parameters<typeof openSubmission>[0],
      contentKey: Uint8Array | undefined,
    ) => {
      const known = this.#opened.get(`${roundIndex}/${each.slot}`);
      if (known !== undefined) return known;
      const opened = await openSubmission(each, {
        store: this.#parameters.contentStore,
        envelope: this.#parameters.envelope,
        keys: this.#parameters.keys,
        contentKey,
        context: {
          chainId: chain.chainId,
          market: chain.addresses.market,
          projectId: this.projectId,
          roundIndex,
        },
        fractionBits: terms.fractionBits,
        parameterCount: terms.parameterCount,
        commit: (parts) => commitUpdate(curve, parts),
        signal: this.#parameters.signal,
      });
      if (isReadable(opened)) this.#opened.set(`${roundIndex}/${each.slot}`, opened);
      return opened;
    };
    // What can be opened is opened while the other keys are still on their way.
    for (const submission of submissions) {
      const key = find(submission.trainer, "update");
      if (key !== undefined) await open(submission, key);
    }
    const missing = submissions.filter(({ trainer }) => find(trainer, "update") === undefined);
    const referenceKey = find(terms.referee, "reference");
    const payGradientKey = find(terms.referee, "pay-gradient");
    const isReferenceMissing =
      referenceKey === undefined || (terms.usesPayGradient && payGradientKey === undefined);
    if (isReferenceMissing || (missing.length > 0 && !isRevealOver)) {
      this.#wait(isReferenceMissing ? "the referee's keys" : "content keys");
      return undefined;
    }
    const reference = await open(
      {
        slot: 0,
        trainer: terms.referee,
        commitment: opening.reference,
        bundleCid: opening.referenceCid,
      },
      referenceKey,
    );
    const payGradient = terms.usesPayGradient
      ? await open(
          {
            slot: 1,
            trainer: terms.referee,
            commitment: opening.payGradient,
            bundleCid: opening.payGradientCid,
          },
          payGradientKey,
        )
      : undefined;
    if (!isReadable(reference) || (payGradient && !isReadable(payGradient))) {
      this.#wait("a readable reference from the referee");
      return undefined;
    }
    const updates: (ReadableUpdate | UnreadableUpdate)[] = [];
    for (const submission of submissions) {
      const opened = await open(submission, find(submission.trainer, "update"));
      updates.push(opened);
    }
    const [model, previousModel] = await this.#currentModels(project, curve);
    return {
      project,
      opening,
      submissions,
      trainers: await readTrainers(chain, this.projectId),
      updates,
      reference,
      payGradient,
      model,
      previousModel,
    };
  }

  /** Keys that came by message, and those on chain, which nobody can say never came. */
  async #releasedKeys(project: Project, roundIndex: number): Promise<StoredKey[]> {
    const { chain, store } = this.#parameters;
    const revealed = await readRevealedKeys(chain, this.projectId, roundIndex);
    const fromChain = revealed.flatMap(({ account, isReference, sealedKeys }): StoredKey[] => {
      const key = (kind: StoredKey["kind"], bytes: Uint8Array) => ({
        sender: account,
        kind,
        contentKey: hexOf(bytes),
        receivedAt: 0,
      });
      if (!isReference) return [key("update", sealedKeys.slice(0, 32))];
      const reference = key("reference", sealedKeys.slice(0, 32));
      return project.terms.usesPayGradient
        ? [reference, key("pay-gradient", sealedKeys.slice(32, 64))]
        : [reference];
    });
    return [...store.listKeys(this.projectId, roundIndex), ...fromChain];
  }

  /** The current model and, once a round was applied, the one before it. Both verified against the chain. */
  async #currentModels(
    project: Project,
    curve: Curve,
  ): Promise<[BlindedModel, BlindedModel | undefined]> {
    const models = await readModels(this.#parameters.chain, this.projectId);
    const load = async (model: (typeof models)[number]): Promise<BlindedModel> => {
      const known = this.#models.get(model.cid);
      if (known !== undefined) return known;
      const loaded = await loadModel(
        curve,
        this.#parameters.contentStore,
        {
          ...model,
          chainId: this.#parameters.chain.chainId,
          market: this.#parameters.chain.addresses.market,
          projectId: this.projectId,
          fractionBits: project.terms.fractionBits,
          parameterCount: project.terms.parameterCount,
        },
        { signal: this.#parameters.signal, keyring: this.#keyring(project) },
      );
      await this.#parameters.contentStore.pin(model.cid);
      this.#models.set(model.cid, loaded);
      return loaded;
    };
    const current = models.at(-1);
    if (current === undefined) throw new CommonweightError(aggregatorErrors.modelNotFound);
    const previous = models.at(-2);
    return [await load(current), previous && (await load(previous))];
  }

  async #publish(
    project: Project,
    roundIndex: number,
    model: BlindedModel,
    aggregateCommitment: { x: bigint; y: bigint },
  ): Promise<string> {
    const { chain, contentStore } = this.#parameters;
    const curve = await this.#parameters.curveFor(project.terms.parameterCount);
    const commitment = await curve.linearCombination(
      [project.modelCommitment, aggregateCommitment],
      [1n, 1n],
    );
    const previousCid = (await readModels(chain, this.projectId)).at(-1)?.cid ?? null;
    const file = encodeModelFile(
      {
        model: model.integers,
        blinding: model.blinding,
        commitment,
        fractionBits: project.terms.fractionBits,
        lineage: {
          chainId: chain.chainId,
          market: chain.addresses.market,
          projectId: this.projectId,
          roundIndex,
          previousCid,
        },
      },
      await this.#parameters.layoutOf(project),
    );
    const { market } = chain.addresses;
    const bytes =
      project.terms.modelVisibility === "public"
        ? file
        : await sealModel(
            { chainId: chain.chainId, market, commitment },
            {
              envelope: this.#parameters.envelope,
              bytes: file,
              readers: await readReaderKeys(
                chain,
                project,
                await readTrainers(chain, this.projectId),
              ),
            },
          );
    const cid = await contentStore.put(bytes);
    this.#models.set(cid, model);
    return cid;
  }

  #keyring({ terms }: Project): ModelKeyring | undefined {
    const { chain, envelope, keys, signal } = this.#parameters;
    if (terms.modelVisibility === "public") return undefined;
    const { aggregators } = terms;
    const { account } = chain;
    return createModelKeyring(chain, {
      ...{ projectId: this.projectId, aggregators, account, envelope, keys, signal },
    });
  }
}

function exclusionOf(updates: readonly (ReadableUpdate | UnreadableUpdate)[], slot: number) {
  const update = updates.find((each) => each.slot === slot);
  return update !== undefined && !isReadable(update)
    ? { exclusion: { reason: update.reason, explanation: update.explanation } }
    : {};
}
