import type { Project } from "../adapters/chain/projects/project.ts";
import type { ProjectTrainer } from "../adapters/chain/projects/project-trainer.ts";
import { idleTrainers, isInRound, isRosterFull } from "../adapters/chain/rounds/find-place.ts";
import type { Round } from "../adapters/chain/rounds/round.ts";
import { IDLE_AFTER_ROUNDS } from "../protocol/market/roster.ts";

/** Something that the contract lets anybody do for a project. */
export interface KeepStep {
  /** `poke`: a deadline has passed. `pay-out`: somebody left during a round that is over. `release`: an idle trainer's place. */
  readonly kind: "poke" | "pay-out" | "release";
  /** Whom it is about; null for the whole project. */
  readonly trainer: string | null;
  readonly why: string;
}

/** What there is to do now, and who has to be waited for. */
export interface KeepPlan {
  readonly steps: readonly KeepStep[];
  readonly waiting: readonly { readonly trainer: string; readonly why: string }[];
}

const ON_THE_WAY_OUT: readonly string[] = ["leaving", "expelled", "slashed"];

/** What anybody can do for a project as it stands; each step changes that, so look again after it. */
export function keepPlan(
  project: Pick<Project, "phase" | "occupiedMask">,
  round: Pick<Round, "isOpen" | "eligibleMask" | "roundIndex">,
  trainers: readonly ProjectTrainer[],
): KeepPlan {
  const { phase } = project;
  if (phase === "ended") return { steps: [], waiting: [] };
  if (phase === "expired" || phase === "overdue") {
    const why =
      phase === "expired"
        ? `round ${round.roundIndex} was not settled in time, or too few sent updates: it comes to nothing`
        : "no aggregator opened a round in time: the project ends, everybody is paid, and the rest goes back to the owner";
    return { steps: [{ kind: "poke", trainer: null, why }], waiting: [] };
  }
  const leaving = trainers.filter(({ status }) => ON_THE_WAY_OUT.includes(status));
  const payOuts = leaving.filter((each) => !isInRound(each, round));
  const mayTake = isRosterFull(project) && payOuts.length === 0;
  const idle = mayTake ? idleTrainers(trainers, round).slice(0, 1) : [];
  return {
    steps: [
      ...payOuts.map(({ trainer, status }) => ({
        ...{ kind: "pay-out" as const, trainer },
        why: `it is ${status} and its last round is over: stake and pay that are left to it`,
      })),
      ...idle.map(({ trainer }) => ({
        ...{ kind: "release" as const, trainer },
        why: "all places are taken and it has sent nothing for so long that others can have its place",
      })),
    ],
    waiting: [
      ...leaving
        .filter((each) => isInRound(each, round))
        .map(({ trainer, status }) => ({
          trainer,
          why: `${status}, and in round ${round.roundIndex} until that is over`,
        })),
      ...trainers
        .filter(
          ({ status, missedRounds }) => status === "active" && missedRounds >= IDLE_AFTER_ROUNDS,
        )
        .filter(({ trainer }) => !idle.some((each) => each.trainer === trainer))
        .map((each) => ({ trainer: each.trainer, why: whyKept(each, project, round) })),
    ],
  };
}

function whyKept(
  trainer: ProjectTrainer,
  project: Pick<Project, "occupiedMask">,
  round: Pick<Round, "isOpen" | "eligibleMask" | "roundIndex">,
): string {
  if (isInRound(trainer, round)) return `idle, and in round ${round.roundIndex} until that is over`;
  return isRosterFull(project)
    ? "idle; its place is not needed once another one is free"
    : "idle, but a place is free, so nobody needs its own";
}
