import { useCallback, useEffect, useRef, useState } from "react";
import type { BlockChoice } from "../../services/adapters/chain/rpc/final-block.ts";
import type { ProjectAudit } from "../../services/auditor/replay-project.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { webErrors } from "../errors.ts";
import type { WebSettings } from "../settings.ts";
import type { AuditMessage, FinishedCheck } from "./audit-messages.ts";

/** An audit as far as it has come. */
export interface AuditProgress {
  readonly state: "idle" | "running" | "done" | "failed";
  readonly doing: string;
  readonly checks: readonly FinishedCheck[];
  /** The finished audit. */
  readonly audit: ProjectAudit | null;
  readonly error: CommonweightError | null;
  readonly seconds: number;
}

const idle: AuditProgress = {
  ...{ state: "idle", doing: "", checks: [] },
  ...{ audit: null, error: null, seconds: 0 },
};

function advance(progress: AuditProgress, message: AuditMessage, startedAt: number): AuditProgress {
  const seconds = (performance.now() - startedAt) / 1000;
  if (message.type === "doing") return { ...progress, doing: message.text };
  if (message.type === "checked") {
    return { ...progress, checks: [...progress.checks, ...message.checks] };
  }
  if (message.type === "done") {
    return { ...progress, state: "done", audit: message.audit, doing: "", seconds };
  }
  const { code, message: title, hint } = message;
  const definition = { code: code as `CW${number}`, title, hint };
  const error = new CommonweightError(definition, title);
  return { ...progress, state: "failed", error, seconds };
}

/** Runs an audit in a worker; leaving the page ends it. */
export function useAudit(settings: WebSettings, projectId: bigint) {
  const [progress, setProgress] = useState<AuditProgress>(idle);
  const worker = useRef<Worker | null>(null);
  useEffect(() => () => worker.current?.terminate(), []);
  const start = useCallback(
    (block?: BlockChoice) => {
      worker.current?.terminate();
      const startedAt = performance.now();
      const started = new Worker(new URL("./audit-worker.ts", import.meta.url), { type: "module" });
      const hear = (message: AuditMessage) => {
        setProgress((before) => advance(before, message, startedAt));
        if (message.type === "done" || message.type === "failed") started.terminate();
      };
      started.onmessage = ({ data }: MessageEvent<AuditMessage>) => hear(data);
      started.onerror = (event) => {
        const { code, title, hint } = webErrors.auditFailed;
        hear({ type: "failed", code, hint, message: `${title}: ${event.message || "no worker"}` });
      };
      worker.current = started;
      setProgress({ ...idle, state: "running", doing: "starting" });
      started.postMessage({ settings, projectId, block });
    },
    [settings, projectId],
  );
  return { progress, start };
}
