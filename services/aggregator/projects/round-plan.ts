import type { Project } from "../../adapters/chain/projects/project.ts";
import type { Round } from "../../adapters/chain/rounds/round.ts";
import type { RoundPhase } from "../../protocol/market/phases.ts";
import { turnEndsAt, turnsBefore } from "./turn-end.ts";

/** What an aggregator should do next for a project. */
export type Action =
  | { readonly kind: "bond" }
  | { readonly kind: "open" }
  | { readonly kind: "collect"; readonly round: Round }
  | {
      readonly kind: "settle";
      readonly round: Round;
      readonly isRevealOver: boolean;
      /** Whether it is the last third of this aggregator's own turn: what cannot be settled is given up, before the bond is lost. */
      readonly isLastChance: boolean;
    }
  | { readonly kind: "poke" }
  | { readonly kind: "wait"; readonly for: string; readonly until: number }
  | { readonly kind: "done" };

/** Everything the decision depends on; time is an argument. */
export interface Situation {
  readonly project: Project;
  /** The open round; undefined between rounds. */
  readonly round: Round | undefined;
  /** Which of the project's aggregators this service is. */
  readonly ownIndex: number;
  readonly hasReferences: boolean;
  /** Seconds of the chain's clock. */
  readonly now: number;
}

/** The aggregator in charge may open at once; each standby one window later than the one before it. */
function opensFrom({ project, ownIndex }: Situation): number {
  const { terms, phaseEndsAt } = project;
  const before = turnsBefore(project, ownIndex);
  // Who is in charge need not wait until the time for joining is over.
  if (before === 0) return 0;
  // `phaseEndsAt` of an idle project is the end of the last aggregator's window.
  return phaseEndsAt - (terms.aggregators.length - before) * terms.openSeconds;
}

/** The aggregator in charge may settle from the end of the commit phase; standbys in their own windows. */
function settlesFrom({ project, ownIndex }: Situation, round: Round): number {
  const before = turnsBefore(project, ownIndex);
  return before === 0 ? 0 : round.revealClosesAt + before * project.terms.settleSeconds;
}

/** Part of a turn that is left for giving up; until then what is missing may still come. */
const GIVING_UP = 1 / 3;

/** Whether a turn to settle is about to end. Only in its own turn an aggregator can abandon, and without a loss. */
function isLastChance({ project, ownIndex, now }: Situation, round: Round): boolean {
  const left = turnEndsAt(project, round, ownIndex) - now;
  return left > 0 && left <= GIVING_UP * project.terms.settleSeconds;
}

/**
 * Decides the next step from the chain's state alone: the same state gives the same step after any crash.
 *
 * Twin of the contract's phases: `services/protocol/market/phases.ts`, `RoundPhases.sol`.
 */
export function planAction(situation: Situation): Action {
  const { project, round, ownIndex, hasReferences, now } = situation;
  const phase: RoundPhase = project.phase;
  if (phase === "ended") return { kind: "done" };
  if (phase === "expired" || phase === "overdue") return { kind: "poke" };
  const bond = project.bondsWei[ownIndex] ?? 0n;
  if (bond < project.terms.aggregatorBondWei) return { kind: "bond" };
  if (phase === "idle") {
    const from = opensFrom(situation);
    if (project.trainerCount < project.terms.minTrainers) {
      return { kind: "wait", for: "trainers to join", until: project.phaseEndsAt };
    }
    if (now < from) return { kind: "wait", for: "the aggregator in charge to open", until: from };
    if (!hasReferences) {
      return { kind: "wait", for: "the referee's reference", until: project.phaseEndsAt };
    }
    return { kind: "open" };
  }
  if (round === undefined) throw new RangeError(`phase ${phase} without a round`);
  if (phase === "commit") return { kind: "collect", round };
  const from = settlesFrom(situation, round);
  if (now < from) return { kind: "wait", for: "the aggregator in charge to settle", until: from };
  return {
    kind: "settle",
    round,
    isRevealOver: now >= round.revealClosesAt,
    isLastChance: isLastChance(situation, round),
  };
}
