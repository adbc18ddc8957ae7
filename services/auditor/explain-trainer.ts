import type { Chain } from "../adapters/chain/connect.ts";
import { readPosting, readSubmissions } from "../adapters/chain/history.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { BPS_TOTAL, roundPayouts } from "../protocol/payout.ts";
import { unpackOutcome } from "../protocol/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../protocol/round-terms.ts";
import { exclusionReasons } from "../protocol/settlement.ts";
import type { Verdict } from "../protocol/verdicts.ts";
import { collectEvidence } from "./collect-evidence.ts";
import { auditorErrors } from "./errors.ts";

/** What each verdict means for the person it is about. */
export const verdictReasons: Readonly<Record<Verdict, string>> = {
  inactive: "the update could not be read, so the rule never saw it",
  accepted: "the update took part in the new model",
  "above-norm-bound":
    "the update was larger than the bound that the project's terms state; only a deliberate boost reaches it, so the stake was lost",
  duplicate: "the update was an exact copy of one that another trainer had submitted before",
  "too-large":
    "the update was more than 2.8 times (8 times, squared) as long as the owner's reference update",
  "too-small":
    "the update was less than an eleventh (1/128, squared) as long as the owner's reference update",
  "against-reference":
    "the update pointed away from the owner's reference update: applying it would have undone what clean samples teach",
  "stale-copy":
    "the update was nearly the same direction as the last round's published change, which anybody can copy without training",
  "not-selected": "multi-Krum chose updates that lie closer to each other",
};

/** What each reason of an exclusion means. */
const exclusionTexts: Readonly<Record<string, string>> = {
  "key-not-released": "its content key was not released in time",
  "bundle-not-found": "its bundle could not be fetched from IPFS",
  "bundle-malformed": "its bundle did not decrypt to an update",
  "commitment-mismatch": "its bundle did not open the commitment on chain",
  "entries-out-of-range": "its entries were outside the range of the project",
};

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
  readonly baseWeight: number;
  /** Of 1024: the part of the new model. */
  readonly weight: number;
  /** Of 65535: the part of the pay. */
  readonly share: number;
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
  const isTrainer = (each: string) => each.toLowerCase() === trainer.toLowerCase();
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
      voided ? `round ${roundIndex} came to nothing: ${voided.reason}` : `round ${roundIndex}`,
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

/** The reasons come one a set bit of the mask, in order of slots. */
function whyExcluded(
  request: { readonly excludedMask: number; readonly exclusionReasons: readonly number[] },
  slot: number,
): string {
  let place = 0;
  for (let each = FIRST_TRAINER_SLOT; each < slot; each++) {
    place += (request.excludedMask >>> each) & 1;
  }
  const name = exclusionReasons[request.exclusionReasons[place] as keyof typeof exclusionReasons];
  return `the update could not be read: ${exclusionTexts[name] ?? "no reason was given"}`;
}

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
    `budget           ${money(statement.budgetWei)} in this round`,
    `even part        ${money(statement.flatWei)}: ${flatBps / 100} % of the budget among ${statement.acceptedTrainers} accepted trainers`,
    `part by share    ${money(statement.byShareWei)}: ${share} of 65535 of the rest`,
    `cap              ${money(capWei)} (${statement.capBps / 100} % of the budget)${isCapped ? ": applied" : ": not reached"}`,
    `payout           ${money(payoutWei)}`,
    ...end,
  ].join("\n");
}
