import type { Chain } from "../adapters/chain/connect.ts";
import type { Project } from "../adapters/chain/project.ts";
import { type Round, settleRound } from "../adapters/chain/round.ts";
import { applyAggregate } from "../protocol/apply-round.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { isReadable, type ReadableUpdate, type UnreadableUpdate } from "./collect-bundles.ts";
import type { ModelKeeper } from "./model-keeper.ts";
import type { Prover } from "./prover.ts";
import { buildRoundReport } from "./round-report.ts";
import type { RoundStore } from "./round-store.ts";
import { exclusionsOf, type OpenedRoundContent, roundToProve } from "./settle-round.ts";
import type { TransactionStore } from "./transaction-store.ts";

/** What proving and settling needs. */
export interface ProveAndSettleParameters {
  readonly chain: Chain;
  readonly store: Pick<RoundStore, "findResult" | "saveResult">;
  readonly roundCosts: TransactionStore["roundCosts"];
  readonly prover: Prover;
  readonly models: Pick<ModelKeeper, "publish">;
  readonly contentStore: Pick<ContentStore, "put">;
  readonly projectId: bigint;
  /** Asked when the proof's turn comes. */
  readonly isWanted: () => Promise<boolean>;
  readonly emit: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

const isUnreadable = (each: ReadableUpdate | UnreadableUpdate): each is UnreadableUpdate =>
  !isReadable(each);

/** Proves what the rule makes of an opened round, publishes the new model, and settles; nothing once the proof is not wanted any more. */
export async function proveAndSettle(
  parameters: ProveAndSettleParameters,
  { project, round, content }: { project: Project; round: Round; content: OpenedRoundContent },
): Promise<void> {
  const { chain, store, roundCosts, models, contentStore, projectId, emit } = parameters;
  const { roundIndex } = round;
  const excluded = content.updates.filter(isUnreadable);
  const proven = await prove(parameters, roundIndex, content);
  if (proven === undefined) return;
  const { result, seconds } = proven;
  const { proof, outcome, aggregate } = result;
  emit("proven", { roundIndex, seconds, isVoid: outcome.isVoid });
  // A void round has no model; its settlement ignores the CID but the field is not optional.
  const newModelCid = outcome.isVoid
    ? await contentStore.put(new Uint8Array())
    : await models.publish(
        project,
        roundIndex,
        applyAggregate(content.model, aggregate),
        proof.aggregateCommitment,
      );
  store.saveResult(projectId, roundIndex, "exclusions", excluded);
  store.saveResult(projectId, roundIndex, "proof", { seconds });
  const receipt = await settleRound(chain, {
    projectId,
    roundIndex,
    reference: content.opening.reference,
    payGradient: content.opening.payGradient,
    trainers: content.submissions.map(({ trainer }) => trainer),
    commitments: content.submissions.map(({ commitment }) => commitment),
    ...exclusionsOf(content.updates),
    proof,
    newModelCid,
  });
  const report = await buildRoundReport({ chain, store, roundCosts }, projectId, roundIndex);
  emit("round-settled", { ...report, gasUsed: receipt.gasUsed });
}

async function prove(
  { chain, prover, isWanted, emit, signal }: ProveAndSettleParameters,
  roundIndex: number,
  content: OpenedRoundContent,
): ReturnType<Prover["prove"]> {
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
      onProgress: (fraction, step) => {
        if (fraction - reported < 0.2 && fraction < 1) return;
        reported = fraction;
        emit("proof-progress", { roundIndex, fraction, step });
      },
    },
  );
}
