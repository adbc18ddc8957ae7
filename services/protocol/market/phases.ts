import { CommonweightError } from "../errors.ts";
import { marketRuleErrors } from "./market-rule-errors.ts";

/** Where a project is, in the order of the contract's `RoundPhase`. */
export const ROUND_PHASES = [
  "idle",
  "commit",
  "reveal",
  "settle",
  "expired",
  "overdue",
  "ended",
] as const;

/**
 * `idle`: no round is open, waits for one. `commit`: trainers submit. `reveal`: content keys are released, settling is
 * possible. `settle`: aggregators settle, each in its turn. `expired`: nobody settled or too few submitted, a poke voids the
 * round. `overdue`: nobody opened a round, a poke ends the project. `ended`: everybody is paid.
 */
export type RoundPhase = (typeof ROUND_PHASES)[number];

/** What a project's phase depends on besides the time. Times in unix seconds. Twin: `RoundPhases.Clock`. */
export interface RoundClock {
  readonly isEnded: boolean;
  readonly isRoundOpen: boolean;
  /** Since when the project waits for a round; in the future while trainers join at first. */
  readonly waitingSince: number;
  /** End of the open round's commit phase; earlier than planned when everybody is in. */
  readonly commitClosesAt: number;
  /** Whether as many updates are in as a round needs. */
  readonly hasEnough: boolean;
  /** How many aggregators take turns, 1 to 3. */
  readonly aggregatorCount: number;
  readonly openSeconds: number;
  readonly revealSeconds: number;
  readonly settleSeconds: number;
}

function requireClock(clock: RoundClock): void {
  const windows = [clock.openSeconds, clock.revealSeconds, clock.settleSeconds];
  if (![...windows, clock.aggregatorCount].every((each) => Number.isInteger(each) && each >= 1)) {
    throw new CommonweightError(marketRuleErrors.phaseMalformed);
  }
}

/**
 * The phase at a time, and when it ends by itself. A phase holds up to, and not including, its end.
 * Twin: `RoundPhases.phaseAt`.
 *
 * @returns `endsAt` in unix seconds; for phases that wait for a poke the time since which they do; 0 once ended.
 * @throws CommonweightError CW1053 for a window shorter than a second.
 */
export function phaseAt(
  clock: RoundClock,
  now: number,
): { readonly phase: RoundPhase; readonly endsAt: number } {
  requireClock(clock);
  if (clock.isEnded) return { phase: "ended", endsAt: 0 };
  if (!clock.isRoundOpen) {
    const endsAt = clock.waitingSince + clock.openSeconds * clock.aggregatorCount;
    return { phase: now < endsAt ? "idle" : "overdue", endsAt };
  }
  if (now < clock.commitClosesAt) return { phase: "commit", endsAt: clock.commitClosesAt };
  if (!clock.hasEnough) return { phase: "expired", endsAt: clock.commitClosesAt };
  const revealEndsAt = clock.commitClosesAt + clock.revealSeconds;
  if (now < revealEndsAt) return { phase: "reveal", endsAt: revealEndsAt };
  const settleEndsAt = revealEndsAt + clock.settleSeconds * clock.aggregatorCount;
  return { phase: now < settleEndsAt ? "settle" : "expired", endsAt: settleEndsAt };
}

/** How many aggregators' turns to open have passed: those from the one in charge up to this may open. */
export function openTurn(clock: RoundClock, now: number): number {
  requireClock(clock);
  return now < clock.waitingSince ? 0 : Math.floor((now - clock.waitingSince) / clock.openSeconds);
}

/** How many aggregators' turns to settle have passed: those from the one in charge up to this may settle. */
export function settleTurn(clock: RoundClock, now: number): number {
  requireClock(clock);
  const firstTurnAt = clock.commitClosesAt + clock.revealSeconds;
  return now < firstTurnAt ? 0 : Math.floor((now - firstTurnAt) / clock.settleSeconds);
}
