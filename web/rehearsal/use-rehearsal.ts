import { useCallback, useEffect, useReducer, useRef } from "react";
import type { RehearsalMessage, RehearsalOrder, RehearsalRequest } from "./rehearsal-messages.ts";
import { advanceRehearsal, idleRehearsal, type RehearsalProgress } from "./rehearsal-progress.ts";
import { startRehearsalWorker } from "./start-worker.ts";

/** Runs rehearsals in a worker, one at a time; leaving the page ends it. */
export function useRehearsal(onMessage: (message: RehearsalMessage) => void): {
  readonly progress: RehearsalProgress;
  readonly start: (order: RehearsalOrder) => void;
  /** Tries every attack in turn, by so many of the trainers. */
  readonly survey: (order: RehearsalOrder, attackers: number) => void;
  readonly cancel: () => void;
} {
  const [progress, dispatch] = useReducer(advanceRehearsal, idleRehearsal);
  const end = useRef<() => void>(() => {});
  const listener = useRef(onMessage);
  listener.current = onMessage;
  useEffect(() => () => end.current(), []);
  const run = useCallback((request: RehearsalRequest, planned: number) => {
    end.current();
    dispatch({ type: "started", planned });
    end.current = startRehearsalWorker(request, (message) => {
      dispatch(message);
      listener.current(message);
    });
  }, []);
  const start = useCallback(
    (order: RehearsalOrder) => run({ type: "rehearse", order }, order.rounds),
    [run],
  );
  const survey = useCallback(
    (order: RehearsalOrder, attackers: number) => run({ type: "survey", order, attackers }, 0),
    [run],
  );
  const cancel = useCallback(() => {
    end.current();
    dispatch({ type: "cancelled" });
  }, []);
  return { progress, start, survey, cancel };
}
