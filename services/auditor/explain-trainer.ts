import type { Chain } from "../adapters/chain/connect.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import { readSubmissions } from "../adapters/chain/rounds/round-events.ts";
import { isSameAddress } from "../protocol/address.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { BPS_TOTAL, roundPayouts } from "../protocol/market/payout.ts";
import { voidWords } from "../protocol/market/void-words.ts";
import { unpackOutcome } from "../protocol/round/public-signals.ts";
import type { Verdict } from "../protocol/rule/verdicts.ts";
import { verdictReasons, whyExcluded } from "./checks/verdict-reasons.ts";
import { auditorErrors } from "./errors.ts";
import { collectEvidence } from "./evidence/collect-evidence.ts";

/** From a submission to the wei, each number as the contract computed it. */
export interface PayStatement {
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly trainer: string;
  readonly slot: number;
  readonly submittedIn: string;
  readonly bundleCid: string;
  readonly settledIn: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly isVoid: boolean;
  readonly acceptedTrainers: number;
  readonly submittedTrainers: number;
  /** Those whose updates could be read: as much of the round's budget is paid. */
  readonly readableTrainers: number;
  readonly baseWeight: number;
  /** Of 1024: the part of the new model. */
  readonly weight: number;
  /** Of 65535: the part of the pay. */
  readonly share: number;
  /** What the round pays from. */
  readonly budgetWei: bigint;
  readonly flatBps: number;
  readonly capBps: number;
  readonly flatWei: bigint;
  readonly byShareWei: bigint;
  readonly capWei: bigint;
  readonly payoutWei: bigint;
  /** From the bonds of aggregators that missed their turns. */
  readonly forfeitWei: bigint;
  /** What the chain says was earned; the sum of the two before. */
  readonly earnedWei: bigint;
}

/** @throws CW4600 for a round that was not settled, CW4601 for an account that submitted nothing in it. */
export async function explainTrainer(
  chain: Chain,
  query: { projectId: bigint; roundIndex: number; trainer: string },
): Promise<PayStatement> {
  const { projectId, roundIndex, trainer } = query;
  const isTrainer = (each: string) => isSameAddress(each, trainer);
  const [{ terms }, submissions, found] = await Promise.all([
    readPosting(chain, projectId),
    readSubmissions(chain, projectId, roundIndex),
    collectEvidence(chain, projectId, { roundIndex }),
  ]);
  const round = found.rounds[0];
  if (round === undefined) {
    const voided = found.voided.find((each) => each.roundIndex === roundIndex);
    throw new CommonweightError(
      auditorErrors.roundUnknown,
      voided
        ? `round ${roundIndex} came to nothing: ${voidWords(voided.reason)}`
        : `round ${roundIndex}`,
    );
  }
  const index = submissions.findIndex((each) => isTrainer(each.trainer));
  const submission = submissions[index];
  if (submission === undefined) throw new CommonweightError(auditorErrors.trainerUnknown, trainer);
  const { settlement, evidence } = round;
  const outcome = unpackOutcome(settlement.outcomeWords, terms.slots);
  const { budgetWei } = settlement;
  const pay = roundPayouts({ budgetWei, flatBps: terms.flatBps, capBps: terms.capBps, outcome });
  const verdict = outcome.verdicts[index] as Verdict;
  const earnedWei = settlement.earningsWei[index] as bigint;
  const payoutWei = pay.payoutsWei[index] as bigint;
  return {
    projectId,
    roundIndex,
    trainer: submission.trainer,
    slot: submission.slot,
    submittedIn: submission.transactionHash,
    bundleCid: submission.bundleCid,
    settledIn: settlement.transactionHash,
    verdict,
    reason:
      verdict === "inactive"
        ? whyExcluded(evidence.request, submission.slot)
        : verdictReasons[verdict],
    isVoid: outcome.weights.every((weight) => weight === 0),
    acceptedTrainers: outcome.verdicts.filter((each) => each === "accepted").length,
    submittedTrainers: submissions.length,
    readableTrainers: outcome.verdicts.filter((each) => each !== "inactive").length,
    baseWeight: evidence.baseWeights[index] as number,
    weight: outcome.weights[index] as number,
    share: outcome.shares[index] as number,
    budgetWei,
    flatBps: terms.flatBps,
    capBps: terms.capBps,
    flatWei: pay.flatWei[index] as bigint,
    byShareWei: pay.byShareWei[index] as bigint,
    capWei: (budgetWei * BigInt(terms.capBps)) / BPS_TOTAL,
    payoutWei,
    forfeitWei: earnedWei - payoutWei,
    earnedWei,
  };
}

const unreadWords = ({ readableTrainers, submittedTrainers }: PayStatement): string =>
  readableTrainers === submittedTrainers
    ? ""
    : `: its ${readableTrainers} parts of ${submittedTrainers} that could be read`;

/** A statement for people. */
export function payStatementText(
  statement: PayStatement,
  money: (wei: bigint) => string = (wei) => `${wei} wei`,
): string {
  const { verdict, isVoid, share, flatBps, payoutWei, capWei } = statement;
  const head = [
    `trainer ${statement.trainer} in round ${statement.roundIndex} of project ${statement.projectId}`,
    `submitted in     ${statement.submittedIn} (slot ${statement.slot}, bundle ${statement.bundleCid})`,
    `settled in       ${statement.settledIn}`,
    `verdict          ${verdict}: ${statement.reason}`,
  ];
  const end = [
    ...(statement.forfeitWei > 0n
      ? [`from bonds       ${money(statement.forfeitWei)}, of aggregators that missed their turns`]
      : []),
    `earned           ${money(statement.earnedWei)}`,
  ];
  if (isVoid)
    return [...head, "void round       too few were accepted: nobody is paid", ...end].join("\n");
  if (verdict === "inactive") {
    const again = `look again with \`commonweight exclusion ${statement.projectId} ${statement.roundIndex} ${statement.trainer}\``;
    return [...head, `                 ${again}`, ...end].join("\n");
  }
  if (verdict !== "accepted") return [...head, ...end].join("\n");
  const isCapped = statement.flatWei + statement.byShareWei > capWei;
  return [
    ...head,
    `weight           ${statement.weight} of 1024 of the model's change (base weight ${statement.baseWeight})`,
    `budget           ${money(statement.budgetWei)} in this round${unreadWords(statement)}`,
    `even part        ${money(statement.flatWei)}: ${flatBps / 100} % of the budget among ${statement.acceptedTrainers} accepted trainers`,
    `part by share    ${money(statement.byShareWei)}: ${share} of 65535 of the rest`,
    `cap              ${money(capWei)} (${statement.capBps / 100} % of the budget)${isCapped ? ": applied" : ": not reached"}`,
    `payout           ${money(payoutWei)}`,
    ...end,
  ].join("\n");
}
