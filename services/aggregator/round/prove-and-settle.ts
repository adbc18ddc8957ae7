import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import type { Round, RoundOpening } from "../../adapters/chain/rounds/round.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import type { G1Point } from "../../protocol/curve.ts";
import { applyAggregate } from "../../protocol/model/apply-round.ts";
import type { DecidedRound } from "../../protocol/round/prove-round.ts";
import type { Prover } from "../proving/prover.ts";
import type { RoundStore } from "../store/round-store.ts";
import { isReadable, type ReadableUpdate, type UnreadableUpdate } from "./collect-bundles.ts";
import type { ModelKeeper } from "./model-keeper.ts";
import { type MinedSettlement, settleAndOpen } from "./settle-and-open.ts";
import {
  commitmentsOf,
  exclusionsOf,
  type OpenedRoundContent,
  roundToProve,
} from "./settle-round.ts";

/** What proving and settling needs. */
export interface ProveAndSettleParameters {
  readonly chain: Chain;
  readonly store: Pick<RoundStore, "saveResult">;
  readonly prover: Prover;
  readonly models: Pick<ModelKeeper, "publish">;
  readonly contentStore: Pick<ContentStore, "put">;
  readonly projectId: bigint;
  /** Whether every opened update is what its trainer committed to: a proof with another one would be for nothing. */
  readonly confirmed: Promise<boolean>;
  /** Asked when the proof's turn comes. */
  readonly isWanted: () => Promise<boolean>;
  /** What opens the next round on this model, if that is here already. */
  readonly findNextOpening: (model: G1Point) => RoundOpening | undefined;
  /** Told when the proof is there and the settlement is about to be sent. */
  readonly onSettling: () => void;
  readonly emit: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

const isUnreadable = (each: ReadableUpdate | UnreadableUpdate): each is UnreadableUpdate =>
  !isReadable(each);

/**
 * Proves what the rule makes of an opened round, publishes the new model, settles, and opens the next round if it can. What was opened
 * is confirmed meanwhile.
 *
 * @returns The settlement; undefined once the proof is not wanted any more, or when something opened was wrong.
 */
export async function proveAndSettle(
  parameters: ProveAndSettleParameters,
  { project, round, content }: { project: Project; round: Round; content: OpenedRoundContent },
): Promise<MinedSettlement | undefined> {
  const { chain, store, projectId, confirmed, emit } = parameters;
  const { roundIndex } = round;
  const excluded = content.updates.filter(isUnreadable);
  let publishing: Promise<NewModel | undefined> | undefined;
  const publish = async (decided: DecidedRound) =>
    (await confirmed) ? publishModel(parameters, { project, content, decided }) : undefined;
  const refuted = new AbortController();
  const refute = () => refuted.abort();
  confirmed.then((isRight) => isRight || refute(), refute);
  const signal = AbortSignal.any([parameters.signal, refuted.signal]);
  const proving = prove({ ...parameters, signal }, content, (decided) => {
    publishing = publish(decided);
    // Said when the round is settled with it.
    publishing.catch(() => undefined);
  });
  // Said if nothing opened was wrong.
  proving.catch(() => undefined);
  if (!(await confirmed)) return undefined;
  const proven = await proving;
  if (proven === undefined) return undefined;
  const { result, seconds } = proven;
  const { proof, outcome } = result;
  emit("proven", { roundIndex, seconds, isVoid: outcome.isVoid });
  const newModel = await (publishing ?? publish({ ...result, ...proof }));
  if (newModel === undefined) return undefined;
  parameters.signal.throwIfAborted();
  parameters.onSettling();
  store.saveResult(projectId, roundIndex, "exclusions", excluded);
  store.saveResult(projectId, roundIndex, "proof", { seconds });
  const { cid: newModelCid, commitment } = newModel;
  const settlement = {
    projectId,
    roundIndex,
    reference: content.opening.reference,
    payGradient: content.opening.payGradient,
    modelY: project.modelCommitment.y,
    aggregateY: project.aggregateCommitment.y,
    trainers: content.submissions.map(({ trainer }) => trainer),
    commitments: commitmentsOf(content),
    ...exclusionsOf(content.updates),
    proof,
    newModelCid,
  };
  return settleAndOpen(chain, settlement, commitment && parameters.findNextOpening(commitment));
}

/** The model that a round makes; without a commitment of its own after a void one, which leaves the model as it is. */
interface NewModel {
  readonly cid: string;
  readonly commitment?: G1Point;
}

/**
 * Publishes the model that a round makes while the rest of its proof is under way, and says so: the next round's reference is computed
 * on it. Only the settlement makes it the project's model.
 */
async function publishModel(
  { models, contentStore, emit }: ProveAndSettleParameters,
  round: { project: Project; content: OpenedRoundContent; decided: DecidedRound },
): Promise<NewModel> {
  const { project, content } = round;
  const { outcome, aggregate, aggregateCommitment } = round.decided;
  // A void round has no model; its settlement ignores the CID but the field is not optional.
  if (outcome.isVoid) return { cid: await contentStore.put(new Uint8Array()) };
  const { roundIndex } = content.opening;
  const model = applyAggregate(content.model, aggregate);
  const made = { roundIndex, model, aggregateCommitment };
  const published = await models.publish(project, made);
  const { cid: modelCid, commitment } = published;
  emit("model-computed", { roundIndex, modelCid, commitment });
  return published;
}

async function prove(
  { chain, prover, isWanted, emit, signal }: ProveAndSettleParameters,
  content: OpenedRoundContent,
  onDecided: (decided: DecidedRound) => void,
): ReturnType<Prover["prove"]> {
  const { roundIndex } = content.opening;
  const { rule, ...job } = roundToProve(chain, content);
  emit("proving", {
    roundIndex,
    readable: content.updates.filter(isReadable).length,
    excluded: content.updates.filter(isUnreadable),
  });
  let reported = 0;
  return prover.prove(
    { ...job, ruleId: rule.id },
    {
      signal,
      isWanted,
      onDecided,
      onProgress: (fraction, step) => {
        if (fraction - reported < 0.2 && fraction < 1) return;
        reported = fraction;
        emit("proof-progress", { roundIndex, fraction, step });
      },
    },
  );
}
