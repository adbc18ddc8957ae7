import { useCallback, useEffect, useReducer, useRef } from "react";
import type { RehearsalMessage, RehearsalOrder } from "./rehearsal-messages.ts";
import { advanceRehearsal, idleRehearsal, type RehearsalProgress } from "./rehearsal-progress.ts";
import { startRehearsalWorker } from "./start-worker.ts";

/** Runs rehearsals in a worker, one at a time; leaving the page ends it. */
export function useRehearsal(onMessage: (message: RehearsalMessage) => void): {
  readonly progress: RehearsalProgress;
  readonly start: (order: RehearsalOrder) => void;
  readonly cancel: () => void;
} {
  const [progress, dispatch] = useReducer(advanceRehearsal, idleRehearsal);
  const end = useRef<() => void>(() => {});
  const listener = useRef(onMessage);
  listener.current = onMessage;
  useEffect(() => () => end.current(), []);
  const start = useCallback((order: RehearsalOrder) => {
    end.current();
    dispatch({ type: "started", rounds: order.rounds });
    end.current = startRehearsalWorker({ type: "rehearse", order }, (message) => {
      dispatch(message);
      listener.current(message);
    });
  }, []);
  const cancel = useCallback(() => {
    end.current();
    dispatch({ type: "cancelled" });
  }, []);
  return { progress, start, cancel };
}
