import type { RoundStore } from "./round-store.ts";

/** Projects that an account has begun to work on, from one start to the next. */
export interface BegunProjects {
  has(projectId: bigint): boolean;
  set(projectId: bigint, isBegun: boolean): void;
}

/** Under this the store remembers what was begun. */
const BEGUN = "begun";

/** An account's begun projects, in its memory. */
export const begunProjects = (
  store: Pick<RoundStore, "saveResult" | "findResult">,
): BegunProjects => ({
  has: (projectId) => store.findResult(projectId, 0, BEGUN) === true,
  set: (projectId, isBegun) => store.saveResult(projectId, 0, BEGUN, isBegun),
});
