import { useCallback, useEffect, useRef, useState } from "react";
import type { ModelAnswer, ModelRequest } from "./model-messages.ts";

/** A model's check: not asked for, under way, or done. */
export type ModelCheck = "idle" | "running" | ModelAnswer;

/** Downloads and checks a model in a worker; leaving the page ends it. */
export function useModelCheck(): {
  readonly state: ModelCheck;
  readonly start: (request: ModelRequest) => void;
} {
  const [state, setState] = useState<ModelCheck>("idle");
  const worker = useRef<Worker | null>(null);
  useEffect(() => () => worker.current?.terminate(), []);
  const start = useCallback((request: ModelRequest) => {
    worker.current?.terminate();
    const started = new Worker(new URL("./model-worker.ts", import.meta.url), { type: "module" });
    const end = (answer: ModelAnswer) => {
      setState(answer);
      started.terminate();
    };
    started.onmessage = ({ data }: MessageEvent<ModelAnswer>) => end(data);
    started.onerror = ({ message }) =>
      end({ check: { name: "model file", isPassed: false, detail: message }, bytes: null });
    worker.current = started;
    setState("running");
    started.postMessage(request);
  }, []);
  return { state, start };
}
