import { webErrors } from "../errors.ts";
import type { RehearsalMessage, RehearsalRequest } from "./rehearsal-messages.ts";

const isLast = ({ type }: RehearsalMessage) =>
  ["done", "surveyed", "failed", "described"].includes(type);

/**
 * Starts a worker on one request; it ends itself after its last message. The learning code is loaded with it, not with the page.
 *
 * @returns Ends it at once; nothing is heard afterwards.
 */
export function startRehearsalWorker(
  request: RehearsalRequest,
  hear: (message: RehearsalMessage) => void,
): () => void {
  const worker = new Worker(new URL("./rehearsal-worker.ts", import.meta.url), { type: "module" });
  let isEnded = false;
  const end = () => {
    isEnded = true;
    worker.terminate();
  };
  const pass = (message: RehearsalMessage) => {
    if (isEnded) return;
    if (isLast(message)) end();
    hear(message);
  };
  worker.onmessage = ({ data }: MessageEvent<RehearsalMessage>) => pass(data);
  worker.onerror = (event) => {
    const { code, title, hint } = webErrors.rehearsalFailed;
    pass({ type: "failed", code, hint, message: `${title}: ${event.message || "no worker"}` });
  };
  worker.postMessage(request);
  return end;
}
