import { splitCredits } from "../adapters/chain/projects/credits.ts";
import {
  MAX_RELIABILITY,
  NEUTRAL_RELIABILITY,
  type Reliability,
  reliabilityAt,
  reliabilityOutcome,
  updatedReliability,
} from "../protocol/market/reliability.ts";
import { unpackOutcome } from "../protocol/round/public-signals.ts";
import type { Verdict } from "../protocol/rule/verdicts.ts";
import type { AuditCheck } from "./audit-check.ts";
import type { ProjectHistory, RegistryChange, TimedEvent } from "./evidence/project-history.ts";

/** What of a project's history the replay goes by. */
type Told = Pick<ProjectHistory, "events" | "registry" | "present">;

/** A trainer's reliability in a project, recomputed from its proven verdicts, beside what the chain recorded. */
export interface ReliabilityStatement {
  readonly trainer: string;
  readonly joinedWith: number;
  readonly outcomes: number;
  readonly strikes: number;
  /** As of the last outcome, or of leaving. */
  readonly recomputed: number;
  /** What the chain says for the same moment; null when it says nothing. */
  readonly recorded: number | null;
  readonly isSame: boolean;
}

/** A trainer's reliability after a settled round. */
export interface ReliabilityStep {
  readonly trainer: string;
  readonly roundIndex: number;
  /** `inactive` in a void round, which decides about nobody. */
  readonly verdict: Verdict;
  readonly score: number;
}

/** What the replay found. */
export interface ReliabilityReplay {
  /** In the chain's order. */
  readonly steps: readonly ReliabilityStep[];
  readonly trainers: readonly ReliabilityStatement[];
  readonly checks: readonly AuditCheck[];
}

interface Part {
  readonly trainer: string;
  readonly joined: Reliability;
  readonly stakeWei: bigint;
  now: Reliability;
  outcomes: number;
  strikes: number;
  recorded: number | null;
  recomputed: number;
  state: "active" | "leaving" | "expelled" | "slashed" | "left";
}

/** Adds what happened in one project to the overall score. Twin: `Reliability.afterProject`. */
function afterProject(score: number, before: number, afterwards: number): number {
  return Math.min(MAX_RELIABILITY, Math.max(0, score + afterwards - before));
}

/**
 * Replays what the proven verdicts do to reliability, strikes, expulsions and stakes, and compares with what the chain recorded.
 *
 * @param terms.maxStrikes 0 when the project expels nobody.
 */
export function replayReliability(
  history: Told,
  terms: { readonly slots: number; readonly maxStrikes: number },
): ReliabilityReplay {
  const parts = new Map<string, Part>();
  /** Of those who were released and came back. */
  const earlier: Part[] = [];
  const problems: string[] = [];
  const penalties = { slashed: 0, expelled: 0, problems: [] as string[] };
  const steps: ReliabilityStep[] = [];
  const scores = registryScores(history.registry, problems);
  let pending: TimedEvent[] = [];
  for (const event of history.events) {
    const { name, args, at } = event;
    const trainer = String(args.trainer);
    if (name === "TrainerJoined") {
      const joined = { score: Number(args.reliability), updatedAt: at };
      const overall = scores.at(trainer, at, event.transactionHash);
      if (overall !== joined.score) {
        problems.push(`${trainer} joined with ${joined.score}, its record says ${overall}`);
      }
      const before = parts.get(trainer);
      if (before !== undefined) earlier.push(before);
      parts.set(trainer, {
        ...{ trainer, joined, stakeWei: BigInt(args.stakeWei), now: joined },
        ...{ outcomes: 0, strikes: before?.strikes ?? 0, recorded: null },
        recomputed: joined.score,
        state: "active",
      });
    } else if (name === "TrainerLeaving") {
      const part = parts.get(trainer);
      if (part !== undefined) part.state = "leaving";
    } else if (name === "StakeSlashed" || name === "TrainerExpelled") pending.push(event);
    else if (name === "RoundSettled") {
      settle(event, parts, terms, { pending, penalties, steps });
      pending = [];
    } else if (name === "TrainerLeft") leave(event, parts.get(trainer), history, problems);
  }
  for (const part of parts.values()) {
    const isPresent = history.present.some(({ trainer }) => trainer === part.trainer);
    if (isPresent === (part.state === "left")) {
      problems.push(
        `${part.trainer} ${isPresent ? "left, and is still" : "is not"} in the contract's list${isPresent ? "" : ", and did not leave"}`,
      );
    }
  }
  for (const each of history.present) {
    const part = parts.get(each.trainer);
    if (part === undefined || each.reliabilityUpdatedAt === 0) continue;
    part.recorded = each.reliability;
    part.recomputed = part.now.score;
  }
  return { ...report([...earlier, ...parts.values()], problems, penalties), steps };
}

/** Overall scores over time: each change must continue the one before, faded by the time between. */
function registryScores(changes: readonly RegistryChange[], problems: string[]) {
  const histories = new Map<string, RegistryChange[]>();
  for (const change of changes) {
    const earlier = histories.get(change.account) ?? [];
    const last = earlier.at(-1);
    const expected = last
      ? reliabilityAt({ score: last.reliability, updatedAt: last.at }, change.at)
      : NEUTRAL_RELIABILITY;
    if (change.before !== expected) {
      problems.push(`${change.account} had ${change.before}, its record says ${expected}`);
    }
    histories.set(change.account, [...earlier, change]);
  }
  return {
    at: (account: string, at: number, transactionHash: string): number => {
      const last = (histories.get(account) ?? [])
        .filter((each) => each.at <= at && each.transactionHash !== transactionHash)
        .at(-1);
      if (last === undefined) return NEUTRAL_RELIABILITY;
      return reliabilityAt({ score: last.reliability, updatedAt: last.at }, at);
    },
  };
}

function settle(
  { args, at, transactionHash }: TimedEvent,
  parts: ReadonlyMap<string, Part>,
  terms: { readonly slots: number; readonly maxStrikes: number },
  context: {
    readonly pending: readonly TimedEvent[];
    readonly penalties: { slashed: number; expelled: number; problems: string[] };
    readonly steps: ReliabilityStep[];
  },
): void {
  const { pending, penalties } = context;
  const { verdicts, weights } = unpackOutcome([...args.outcomeWords], terms.slots);
  const isVoid = weights.every((weight) => weight === 0);
  const found = pending.filter((each) => each.transactionHash === transactionHash);
  const has = (name: string, trainer: string) =>
    found.find((each) => each.name === name && String(each.args.trainer) === trainer);
  splitCredits(args.credits).trainers.forEach((trainer, index) => {
    const part = parts.get(trainer);
    if (part === undefined) {
      penalties.problems.push(`${trainer} was settled without having joined`);
      return;
    }
    const verdict: Verdict = isVoid ? "inactive" : (verdicts[index] as Verdict);
    const outcome = reliabilityOutcome(verdict);
    if (outcome !== "none") {
      part.now = updatedReliability(part.now, outcome, at);
      part.recomputed = part.now.score;
      part.outcomes += 1;
      part.strikes =
        outcome === "accepted" ? Math.max(0, part.strikes - 1) : Math.min(255, part.strikes + 1);
    }
    const { score } = part.now;
    context.steps.push({ trainer, roundIndex: Number(args.roundIndex), verdict, score });
    const slashed = has("StakeSlashed", trainer);
    if ((slashed !== undefined) !== (verdict === "above-norm-bound")) {
      penalties.problems.push(
        `${trainer}: verdict ${verdict}, ${slashed ? "but" : "and not"} slashed`,
      );
    } else if (slashed && BigInt(slashed.args.burnedWei) !== part.stakeWei) {
      penalties.problems.push(`${trainer} lost ${slashed.args.burnedWei} wei of ${part.stakeWei}`);
    }
    const expelled = has("TrainerExpelled", trainer);
    if (slashed) part.state = "slashed";
    // Whoever is leaving anyway is not expelled.
    const mustGo =
      terms.maxStrikes > 0 &&
      part.strikes >= terms.maxStrikes &&
      outcome === "rejected" &&
      part.state === "active";
    if (
      (expelled !== undefined) !== mustGo ||
      (expelled && Number(expelled.args.strikes) !== part.strikes)
    ) {
      penalties.problems.push(
        `${trainer} was ${expelled ? "" : "not "}expelled with ${part.strikes} strikes`,
      );
    }
    if (expelled) part.state = "expelled";
    if (slashed) penalties.slashed += 1;
    if (expelled) penalties.expelled += 1;
  });
}

function leave(
  { args, at, transactionHash }: TimedEvent,
  part: Part | undefined,
  { registry }: Told,
  problems: string[],
): void {
  const trainer = String(args.trainer);
  if (part === undefined) {
    problems.push(`${trainer} left without having joined`);
    return;
  }
  if (part.state === "left") problems.push(`${trainer} left twice`);
  part.state = "left";
  part.recomputed = reliabilityAt(part.now, at);
  part.recorded = Number(args.reliability);
  const change = registry.find(
    (each) => each.account === trainer && each.transactionHash === transactionHash,
  );
  if ((change === undefined) !== (part.outcomes === 0)) {
    problems.push(`${trainer}: ${part.outcomes} outcomes, ${change ? "a" : "no"} record of them`);
  } else if (change) {
    const expected = afterProject(change.before, reliabilityAt(part.joined, at), part.recomputed);
    if (change.reliability !== expected) {
      problems.push(`${trainer} was recorded with ${change.reliability}, must have ${expected}`);
    }
  }
}

function report(
  parts: readonly Part[],
  problems: readonly string[],
  penalties: { slashed: number; expelled: number; problems: readonly string[] },
): Omit<ReliabilityReplay, "steps"> {
  const trainers = parts.map(({ trainer, joined, outcomes, strikes, recomputed, recorded }) => ({
    ...{ trainer, joinedWith: joined.score, outcomes, strikes, recomputed, recorded },
    isSame: recorded === null || recorded === recomputed,
  }));
  const wrong = trainers.filter(({ isSame }) => !isSame);
  const found = [
    ...wrong.map((each) => `${each.trainer} has ${each.recorded}, must have ${each.recomputed}`),
    ...problems,
  ];
  const outcomes = trainers.reduce((sum, each) => sum + each.outcomes, 0);
  return {
    trainers,
    checks: [
      {
        name: "reliability",
        isPassed: found.length === 0,
        detail:
          (found.slice(0, 3).join("; ") || undefined) ??
          `${trainers.length} trainers' scores, recomputed from ${outcomes} proven verdicts`,
      },
      {
        name: "penalties",
        isPassed: penalties.problems.length === 0,
        detail:
          (penalties.problems.slice(0, 3).join("; ") || undefined) ??
          `${penalties.slashed} stakes burned and ${penalties.expelled} trainers expelled, each for a proven verdict`,
      },
    ],
  };
}
