import { learningErrors } from "../learning/errors.ts";
import { CommonweightError } from "../protocol/errors.ts";

const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 60;

/** How long each project's next training waits after trainings that failed: what failed three times in a row fails a fourth time. */
export interface TrainingPauses {
  isPausing(projectId: bigint): boolean;
  /** Notes a failure. @returns Seconds until the next attempt; 0 for a failure that is not the training's. */
  failed(projectId: bigint, error: unknown): number;
  worked(projectId: bigint): void;
}

/** @param nowMs A clock that no correction of the machine's moves. */
export function openTrainingPauses(nowMs: () => number = () => performance.now()): TrainingPauses {
  const codes = new Set<string>(Object.values(learningErrors).map(({ code }) => code));
  const pauses = new Map<bigint, { readonly untilMs: number; readonly seconds: number }>();
  return {
    isPausing: (projectId) => nowMs() < (pauses.get(projectId)?.untilMs ?? 0),
    failed: (projectId, error) => {
      if (!(error instanceof CommonweightError) || !codes.has(error.code)) return 0;
      const last = pauses.get(projectId)?.seconds;
      const seconds =
        last === undefined ? FIRST_PAUSE_SECONDS : Math.min(LONGEST_PAUSE_SECONDS, 2 * last);
      pauses.set(projectId, { untilMs: nowMs() + 1000 * seconds, seconds });
      return seconds;
    },
    worked: (projectId) => pauses.delete(projectId),
  };
}
