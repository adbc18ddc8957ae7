import type { Project } from "../adapters/chain/projects/project.ts";
import type { ProjectRecord } from "./project-record.ts";

/** A project of the market with what it lets a trainer expect. */
export type ListedProject = Project & { readonly record: ProjectRecord };

/** Orders that projects can be listed in. */
export const PROJECT_ORDERS = ["pay", "budget", "newest", "trainers"] as const;

/** One of `PROJECT_ORDERS`. */
export type ProjectOrder = (typeof PROJECT_ORDERS)[number];

/** Which projects are shown, and how. */
export interface ProjectListing {
  /** `pay`: expected pay of an hour of rounds. */
  readonly order: ProjectOrder;
  readonly withEnded: boolean;
  /** Least budget of a round, in each reward token; undefined leaves out projects of tokens that were not asked for. */
  readonly leastBudgetWei: (token: string) => bigint | undefined;
  /** Least expected pay of an hour of rounds, likewise. */
  readonly leastPerHourWei: (token: string) => bigint | undefined;
  /** The token that projects come first in: amounts of different tokens cannot be compared. */
  readonly firstToken: string;
}

const descending = (one: bigint, other: bigint) => (one === other ? 0 : one > other ? -1 : 1);

const isAtLeast = (amountWei: bigint, leastWei: bigint | undefined) =>
  leastWei !== undefined && amountWei >= leastWei;

const comparisons: Record<ProjectOrder, (one: ListedProject, other: ListedProject) => number> = {
  pay: (one, other) => descending(one.record.perHourWei, other.record.perHourWei),
  budget: (one, other) => descending(one.terms.budgetPerRoundWei, other.terms.budgetPerRoundWei),
  newest: (one, other) => descending(one.projectId, other.projectId),
  trainers: (one, other) => one.trainerCount - other.trainerCount,
};

/** Leaves out what is not wanted and sorts the rest; where an order is about money, each token's projects stay together. */
export function listProjects(
  projects: readonly ListedProject[],
  listing: ProjectListing,
): ListedProject[] {
  const { order, withEnded, leastBudgetWei, leastPerHourWei } = listing;
  const first = listing.firstToken.toLowerCase();
  const isMoney = order === "pay" || order === "budget";
  const token = ({ terms }: ListedProject) => terms.rewardToken.toLowerCase();
  const byToken = (one: ListedProject, other: ListedProject) => {
    if (!isMoney || token(one) === token(other)) return 0;
    if (token(one) === first || token(other) === first) return token(one) === first ? -1 : 1;
    return token(one) < token(other) ? -1 : 1;
  };
  return projects
    .filter(({ phase }) => withEnded || phase !== "ended")
    .filter(({ terms }) => isAtLeast(terms.budgetPerRoundWei, leastBudgetWei(terms.rewardToken)))
    .filter(({ terms, record }) => isAtLeast(record.perHourWei, leastPerHourWei(terms.rewardToken)))
    .sort((one, other) => byToken(one, other) || comparisons[order](one, other));
}
