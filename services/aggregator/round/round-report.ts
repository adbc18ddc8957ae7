import type { Chain } from "../../adapters/chain/connect.ts";
import { readProject } from "../../adapters/chain/projects/project.ts";
import { readModels } from "../../adapters/chain/rounds/published-models.ts";
import { readSubmissions, type Submission } from "../../adapters/chain/rounds/round-events.ts";
import {
  readSettlements,
  readSettleRequest,
  type Settlement,
} from "../../adapters/chain/rounds/settlements.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";
import { type DecodedOutcome, unpackOutcome } from "../../protocol/round/public-signals.ts";
import {
  type ExclusionReason,
  exclusionReasons,
  type SettleRequest,
} from "../../protocol/round/settlement.ts";
import { FIRST_TRAINER_SLOT } from "../../protocol/rule/round-terms.ts";
import type { Verdict } from "../../protocol/rule/verdicts.ts";
import type { RoundStore } from "../store/round-store.ts";
import type { RoundCosts, TransactionStore } from "../store/transaction-store.ts";
import type { UnreadableUpdate } from "./collect-bundles.ts";
import { exclusionWords, verdictReasons } from "./verdict-reasons.ts";

/** Why a submission was left out, with what somebody else needs to come to the same finding. */
export interface ExclusionEvidence {
  /** The number on chain and its name. */
  readonly reason: number;
  readonly name: string;
  readonly bundleCid: string;
  /** What the bundle is bound to; see `submissions.ts`. */
  readonly commitmentHash: string;
  /** The error that opening it ends in, where this aggregator was the one that tried. */
  readonly code?: string;
  readonly explanation?: string;
}

/** What became of one trainer's update. */
export interface TrainerReport {
  readonly trainer: string;
  readonly slot: number;
  readonly bundleCid: string;
  readonly verdict: Verdict;
  /** Of 1024. */
  readonly weight: number;
  /** Of 65535. */
  readonly share: number;
  readonly earnedWei: bigint;
  /** Why, in plain words. */
  readonly text: string;
  readonly exclusion?: ExclusionEvidence;
}

/** A settled round. Everything but `costs`, `proofSeconds` and explanations is read from the chain, so any aggregator can say it. */
export interface RoundReport {
  readonly roundIndex: number;
  readonly settledBy: string;
  readonly transactionHash: string;
  readonly isVoid: boolean;
  readonly budgetWei: bigint;
  readonly paidWei: bigint;
  /** Empty when the round made no model. */
  readonly modelCid: string;
  /** What the round's transactions cost this aggregator, beside what the terms pay for settling. */
  readonly costs: RoundCosts & { readonly settleFeeWei: bigint };
  readonly proofSeconds?: number;
  readonly trainers: readonly TrainerReport[];
}

/** Puts a round's report together; undefined when the round is not settled. */
export async function buildRoundReport(
  parts: {
    readonly chain: Chain;
    readonly store: Pick<RoundStore, "findResult">;
    readonly roundCosts: TransactionStore["roundCosts"];
  },
  projectId: bigint,
  roundIndex: number,
): Promise<RoundReport | undefined> {
  const { chain, store, roundCosts } = parts;
  const [settlement] = await readSettlements(chain, projectId, roundIndex);
  if (settlement === undefined) return undefined;
  const { transactionHash, settledBy, budgetWei, paidWei } = settlement;
  const [{ terms }, submissions, request, models] = await Promise.all([
    readProject(chain, projectId),
    readSubmissions(chain, projectId, roundIndex),
    readSettleRequest(chain, { ...settlement, projectId }),
    readModels(chain, projectId),
  ]);
  const money = await tokenFormatter(chain, terms.rewardToken);
  const outcome = unpackOutcome(settlement.outcomeWords, terms.slots);
  const isVoid = outcome.weights.every((weight) => weight === 0);
  const found = store.findResult<UnreadableUpdate[]>(projectId, roundIndex, "exclusions") ?? [];
  const proof = store.findResult<{ seconds: number }>(projectId, roundIndex, "proof");
  const made = models.find((model) => model.version > 0 && model.roundIndex === roundIndex);
  return {
    roundIndex,
    settledBy,
    transactionHash,
    isVoid,
    budgetWei,
    paidWei,
    modelCid: made?.cid ?? "",
    costs: { ...roundCosts(projectId, roundIndex), settleFeeWei: terms.settleFeeWei },
    ...(proof === undefined ? {} : { proofSeconds: proof.seconds }),
    trainers: submissions.map((submission) =>
      reportTrainer(submission, { settlement, request, outcome, isVoid, found, money }),
    ),
  };
}

/** What became of one submission, with the reason in words for its trainer. Everything it says follows from chain and settlement. */
export function reportTrainer(
  submission: Submission,
  round: {
    settlement: Settlement;
    request: SettleRequest;
    outcome: DecodedOutcome;
    isVoid: boolean;
    found: readonly UnreadableUpdate[];
    /** An amount of the reward token as people write it. */
    money: (amountWei: bigint) => string;
  },
): TrainerReport {
  const { trainer, slot, bundleCid, commitmentHash } = submission;
  const index = slot - FIRST_TRAINER_SLOT;
  const { settlement, request, outcome, isVoid, found, money } = round;
  const verdict = outcome.verdicts[index] ?? "inactive";
  const weight = outcome.weights[index] ?? 0;
  const share = outcome.shares[index] ?? 0;
  const earnedWei = settlement.earningsWei[index] ?? 0n;
  const reason = exclusionAt(request, slot);
  const own = found.find((each) => each.slot === slot && each.reason === reason);
  const exclusion = reason && {
    reason,
    name: exclusionReasons[reason],
    bundleCid,
    commitmentHash,
    ...(own ? { code: own.code, explanation: own.explanation } : {}),
  };
  const text = reason
    ? `Your update was left out without fault: ${exclusionWords[reason]}. Neither stake nor reliability is touched.`
    : textOf({
        ...{ verdict, isVoid, weight, share },
        earned: `${money(earnedWei)} (${earnedWei} wei)`,
      });
  return {
    ...{ trainer, slot, bundleCid, verdict, weight, share, earnedWei, text },
    ...(exclusion ? { exclusion } : {}),
  };
}

function textOf(each: {
  verdict: Verdict;
  isVoid: boolean;
  weight: number;
  share: number;
  earned: string;
}): string {
  const { verdict, isVoid, weight, share, earned } = each;
  const reason = verdictReasons[verdict];
  if (isVoid) {
    return `${reason} The round is void because fewer than half of the updates were accepted: the model stays as it was and nobody is paid.`;
  }
  if (verdict !== "accepted")
    return `${reason} It has no weight in the new model and earns nothing.`;
  const part = `It has ${weight} of 1024 parts in the new model`;
  if (share > 0) {
    return `${reason} ${part}, and ${share} of 65535 shares of the pay, because a step along it lowers the loss on the owner's pay set: you earned ${earned}.`;
  }
  const why = "no share of the pay, because a step along it does not lower the loss on the pay set";
  return `${reason} ${part}, but ${why}: you earned ${earned}, the part that is split evenly.`;
}

/** The reason with which the settlement left a slot out; undefined when it did not. */
function exclusionAt(request: SettleRequest, slot: number): ExclusionReason | undefined {
  if (((request.excludedMask >>> slot) & 1) === 0) return undefined;
  let place = 0;
  for (let earlier = 0; earlier < slot; earlier++) place += (request.excludedMask >>> earlier) & 1;
  const reason = request.exclusionReasons[place] as ExclusionReason | undefined;
  return reason !== undefined && reason in exclusionReasons ? reason : undefined;
}
