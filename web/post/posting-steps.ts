import type { Receipt } from "../../services/adapters/chain/transactions/transaction-receipt.ts";
import type { CommonweightError } from "../../services/protocol/errors.ts";

/** The steps of posting in their order. Which of `permit` and `approve` it takes, the token decides. */
export const stepNames = [
  "prepare",
  "register",
  "wrap",
  "permit",
  "approve",
  "post",
  "upload",
] as const;
export type StepName = (typeof stepNames)[number];

/** How far a step is. `sent` is not done: only a receipt is. */
export type StepState =
  | { readonly state: "waiting" | "not-needed" | "working" | "in-wallet" }
  | { readonly state: "sent"; readonly hash: string }
  | { readonly state: "done"; readonly receipt?: Receipt; readonly note?: string }
  | { readonly state: "failed"; readonly error: CommonweightError };

/** A posting as far as it has come. */
export interface PostingProgress {
  readonly steps: Readonly<Record<StepName, StepState>>;
  /** Known from the receipt on. */
  readonly projectId?: bigint;
  readonly isRunning: boolean;
  /** What the last run ended with, when it did not come to its end. */
  readonly error?: CommonweightError;
}

const waiting: StepState = { state: "waiting" };

/** Nothing is done yet. */
export const idleProgress: PostingProgress = {
  steps: Object.fromEntries(stepNames.map((name) => [name, waiting])) as PostingProgress["steps"],
  isRunning: false,
};

/** Something that happened while posting. */
export type PostingEvent =
  | { readonly type: "started" | "ended" | "forgotten" }
  | { readonly type: "step"; readonly name: StepName; readonly step: StepState }
  | { readonly type: "posted"; readonly projectId: bigint }
  | { readonly type: "failed"; readonly error: CommonweightError };

/** The progress after an event. A failure marks the step that was under way, and ends the run; what is done stays done. */
export function advancePosting(progress: PostingProgress, event: PostingEvent): PostingProgress {
  if (event.type === "forgotten") return idleProgress;
  if (event.type === "started") {
    const steps = Object.fromEntries(
      stepNames.map((name) => {
        const step = progress.steps[name];
        return [name, step.state === "done" && progress.projectId !== undefined ? step : waiting];
      }),
    ) as PostingProgress["steps"];
    const { error: _, ...before } = progress;
    return { ...before, steps, isRunning: true };
  }
  if (event.type === "posted") return { ...progress, projectId: event.projectId };
  if (event.type === "step") {
    return { ...progress, steps: { ...progress.steps, [event.name]: event.step } };
  }
  if (event.type === "failed") return { ...progress, error: event.error };
  return { ...progress, isRunning: false };
}
