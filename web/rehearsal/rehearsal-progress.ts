import type {
  RehearsalReport,
  RehearsedRound,
} from "../../services/learning/rehearsal/rehearse.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import type { MeasuredNumbers, RehearsalMessage, TriedAttack } from "./rehearsal-messages.ts";

/** A rehearsal as far as it has come. */
export interface RehearsalProgress {
  readonly state: "idle" | "running" | "done" | "cancelled" | "failed";
  readonly doing: string;
  /** How many rounds, or trials of attacks, it will have; 0 while unknown. */
  readonly planned: number;
  readonly rounds: readonly RehearsedRound[];
  readonly isAttacker: readonly boolean[];
  readonly measured: MeasuredNumbers | null;
  readonly result: {
    readonly report: RehearsalReport;
    readonly findings: readonly string[];
    readonly samples: number;
  } | null;
  /** Attacks tried one after the other. */
  readonly tried: readonly TriedAttack[];
  /** Samples of a survey that came to its end. */
  readonly surveyed: { readonly samples: number } | null;
  readonly error: CommonweightError | null;
}

/** Nothing was rehearsed yet. */
export const idleRehearsal: RehearsalProgress = {
  ...{ state: "idle", doing: "", planned: 0, rounds: [], isAttacker: [] },
  ...{ measured: null, result: null, tried: [], surveyed: null, error: null },
};

/** The progress after a message of the worker, or after the owner began or cancelled. */
export function advanceRehearsal(
  progress: RehearsalProgress,
  event:
    | RehearsalMessage
    | { readonly type: "started"; readonly planned: number }
    | { readonly type: "cancelled" },
): RehearsalProgress {
  switch (event.type) {
    case "started":
      return { ...idleRehearsal, state: "running", doing: "starting", planned: event.planned };
    case "cancelled":
      return { ...progress, state: "cancelled", doing: "" };
    case "doing":
      return { ...progress, doing: event.text };
    case "measured":
      return { ...progress, measured: event.numbers };
    case "round":
      return {
        ...progress,
        rounds: [...progress.rounds, event.round],
        isAttacker: event.isAttacker,
      };
    case "tried":
      return { ...progress, planned: event.trials, tried: [...progress.tried, event.tried] };
    case "surveyed":
      return { ...progress, state: "done", doing: "", surveyed: { samples: event.samples } };
    case "done": {
      const { report, findings, samples } = event;
      return { ...progress, state: "done", doing: "", result: { report, findings, samples } };
    }
    case "failed": {
      const { code, message: title, hint } = event;
      const error = new CommonweightError({ code: code as `CW${number}`, title, hint });
      return { ...progress, state: "failed", doing: "", error };
    }
    default:
      return progress;
  }
}
