import type { ProjectTerms } from "../../services/adapters/chain/projects/project-terms.ts";
import type { Settlement } from "../../services/adapters/chain/rounds/settlements.ts";
import { exclusionText } from "../../services/auditor/checks/verdict-reasons.ts";
import { isSameAddress } from "../../services/protocol/address.ts";
import { roundPayouts } from "../../services/protocol/market/payout.ts";
import type { TokenUnit } from "../../services/protocol/market/token-amount.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import { payReason } from "../round/pay-reason.ts";
import type { ProjectHistory } from "./load-history.ts";

/** What a trainer got in a round, and why. */
export interface StatementRow {
  readonly roundIndex: number;
  readonly verdict: string;
  /** Of 1024. */
  readonly weight: number;
  /** 0 to 1. */
  readonly share: number;
  readonly earnedWei: bigint;
  readonly reason: string;
}

/** A trainer's settled rounds, oldest first. */
export function statementRows(
  history: {
    readonly settlements: readonly Settlement[];
    readonly events: ProjectHistory["events"];
    readonly terms: Pick<ProjectTerms, "slots" | "flatBps" | "capBps">;
    readonly token: TokenUnit;
  },
  trainer: string,
): StatementRow[] {
  const { settlements, events, terms, token } = history;
  const { slots, flatBps, capBps } = terms;
  const exclusions = events.filter(({ name }) => name === "SubmissionExcluded");
  return settlements.flatMap(({ roundIndex, trainers, outcomeWords, budgetWei, earningsWei }) => {
    const place = trainers.findIndex((each) => isSameAddress(each, trainer));
    if (place < 0) return [];
    const outcome = unpackOutcome(outcomeWords, slots);
    const pay = roundPayouts({ budgetWei, flatBps, capBps, outcome });
    const earnedWei = earningsWei[place] ?? 0n;
    const excluded = exclusions.find(
      ({ args }) =>
        Number(args.roundIndex) === roundIndex && isSameAddress(String(args.trainer), trainer),
    );
    const whyUnread = exclusionText(excluded && Number(excluded.args.reason));
    return {
      roundIndex,
      verdict: outcome.verdicts[place] ?? "inactive",
      weight: outcome.weights[place] ?? 0,
      share: (outcome.shares[place] ?? 0) / 65_535,
      earnedWei,
      reason: payReason({ outcome, pay, place, earnedWei, whyUnread, flatBps, token }),
    };
  });
}
