import {
  type ExclusionReason,
  exclusionReasons,
  type SettleRequest,
} from "../../protocol/round/settlement.ts";
import type { AuditCheck } from "../audit-check.ts";
import type { TimedEvent } from "../evidence/project-history.ts";

/** A submission that a settlement left out. */
export interface Exclusion {
  readonly trainer: string;
  readonly slot: number;
  readonly reason: (typeof exclusionReasons)[ExclusionReason];
  readonly bundleCid: string;
}

/** What a round's exclusions are checked against. */
export interface ExclusionEvidence {
  readonly roundIndex: number;
  readonly request: Pick<SettleRequest, "excludedMask" | "exclusionReasons">;
  readonly submissions: readonly {
    readonly trainer: string;
    readonly slot: number;
    readonly bundleCid: string;
  }[];
  readonly settledIn: string;
  readonly revealSeconds: number;
}

/** Decodes which submissions a settlement left out and why: one reason for each bit, in order of slots. */
export function exclusionsOf({
  request,
  submissions,
}: Pick<ExclusionEvidence, "request" | "submissions">): Exclusion[] {
  const excluded = submissions.filter(({ slot }) => ((request.excludedMask >>> slot) & 1) === 1);
  return excluded.map(({ trainer, slot, bundleCid }, place) => ({
    trainer,
    slot,
    bundleCid,
    reason: exclusionReasons[request.exclusionReasons[place] as ExclusionReason],
  }));
}

/**
 * Checks what the chain can say about a round's exclusions: that they are announced, that a missing key or bundle was claimed only after
 * the reveal phase, and no missing key of somebody who put it on chain. The reason itself is the aggregator's word; see `exclusion`.
 */
export function checkExclusions(
  evidence: ExclusionEvidence,
  events: readonly TimedEvent[],
): { readonly check: AuditCheck; readonly exclusions: readonly Exclusion[] } {
  const exclusions = exclusionsOf(evidence);
  const problem = findProblem(evidence, exclusions, events);
  const said = exclusions.map(({ trainer, reason }) => `${trainer} (${reason})`).join(", ");
  const detail =
    problem ??
    (exclusions.length === 0
      ? "none: every submitted update was read"
      : `${exclusions.length} left out as the contract allows, on the aggregator's word: ${said}`);
  return { check: { name: "exclusions", isPassed: problem === undefined, detail }, exclusions };
}

function findProblem(
  { roundIndex, request, settledIn, revealSeconds }: ExclusionEvidence,
  exclusions: readonly Exclusion[],
  events: readonly TimedEvent[],
): string | undefined {
  const ofRound = events.filter(({ args }) => Number(args.roundIndex) === roundIndex);
  const announced = ofRound.filter(({ name }) => name === "SubmissionExcluded");
  const settled = ofRound.find(
    ({ name, transactionHash }) => name === "RoundSettled" && transactionHash === settledIn,
  );
  const opened = ofRound.find(({ name }) => name === "RoundOpened");
  const closed = ofRound.find(({ name }) => name === "CommitPhaseClosed");
  if (exclusions.length !== request.exclusionReasons.length) return "reasons do not fit the slots";
  if (announced.length !== exclusions.length) {
    return `${exclusions.length} were left out, ${announced.length} announced`;
  }
  const commitClosedAt = Number(closed?.args.closedAt ?? opened?.args.commitClosesAt ?? 0);
  const isEarly = settled !== undefined && settled.at < commitClosedAt + revealSeconds;
  for (const { trainer, slot, reason } of exclusions) {
    const isAnnounced = announced.some(
      ({ args }) =>
        String(args.trainer) === trainer &&
        Number(args.slot) === slot &&
        exclusionReasons[Number(args.reason) as ExclusionReason] === reason,
    );
    if (!isAnnounced) return `${trainer} was left out as ${reason}, announced otherwise`;
    const isMissing = reason === "key-not-released" || reason === "bundle-not-found";
    if (isMissing && isEarly) return `${trainer}: ${reason} before the reveal phase was over`;
    const isRevealed = ofRound.some(
      ({ name, args, at }) =>
        name === "KeyRevealed" &&
        !args.isReference &&
        String(args.account) === trainer &&
        at <= (settled?.at ?? 0),
    );
    if (reason === "key-not-released" && isRevealed) {
      return `${trainer} released its key on chain, and was left out for not releasing it`;
    }
  }
  return undefined;
}
