import { verdictReasons } from "../../services/auditor/checks/verdict-reasons.ts";
import type { RoundPayouts } from "../../services/protocol/market/payout.ts";
import type { TokenUnit } from "../../services/protocol/market/token-amount.ts";
import type { DecodedOutcome } from "../../services/protocol/round/public-signals.ts";
import { shortAmount } from "../amounts.ts";

/** A trainer's place in a settled round. */
export interface PayFacts {
  readonly outcome: DecodedOutcome;
  readonly pay: RoundPayouts;
  /** 0 is slot 3. */
  readonly place: number;
  /** What the chain says was earned, with what late aggregators forfeited. */
  readonly earnedWei: bigint;
  /** Why the update could not be read, if it could not. */
  readonly whyUnread: string;
  readonly flatBps: number;
  readonly token: TokenUnit;
}

/** Why a trainer got what it got, from the verdict to the sum, with the numbers that the contract computed. */
export function payReason(facts: PayFacts): string {
  const { outcome, pay, place, token, flatBps } = facts;
  const verdict = outcome.verdicts[place] ?? "inactive";
  const payoutWei = pay.payoutsWei[place] ?? 0n;
  const forfeitWei = facts.earnedWei - payoutWei;
  const money = (wei: bigint) => shortAmount(wei, token);
  const bonds = forfeitWei > 0n ? [`${money(forfeitWei)} of the bonds of late aggregators`] : [];
  const withBonds = (text: string) => [text, ...bonds].join("; besides, ");
  if (verdict === "inactive") {
    return withBonds(
      `${facts.whyUnread}. That is the aggregator’s word, and costs neither stake nor reliability`,
    );
  }
  if (verdict !== "accepted") return withBonds(verdictReasons[verdict]);
  if (outcome.weights.every((weight) => weight === 0)) {
    return withBonds("nobody is paid in a void round");
  }
  const [flat, byShare] = [pay.flatWei[place] ?? 0n, pay.byShareWei[place] ?? 0n];
  const cap = flat + byShare > payoutWei ? `, cut to the cap of ${money(payoutWei)}` : "";
  const evenPart = `${money(flat)} as an even part of ${flatBps / 100} % of the budget`;
  if ((outcome.shares[place] ?? 0) === 0) {
    return withBonds(
      `${evenPart}${cap}; nothing by share: on the owner’s pay samples the update did not lower the loss, or was nothing new`,
    );
  }
  return withBonds(`${evenPart}, ${money(byShare)} by share of the rest${cap}`);
}
