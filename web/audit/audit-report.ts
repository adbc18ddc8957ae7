import { saveBytes } from "../save-bytes.ts";
import type { AuditProgress } from "./use-audit.ts";

/** The audit as JSON text: bigints as decimal strings. */
export function auditReport({ checks, summary, seconds }: AuditProgress): string {
  const report = {
    ...summary,
    isPassed: checks.every(({ isPassed }) => isPassed !== false),
    seconds: Number(seconds.toFixed(1)),
    checks,
  };
  return JSON.stringify(
    report,
    (_, value) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
}

/** Saves the report as a file of this machine. */
export function downloadReport(progress: AuditProgress): void {
  const bytes = new TextEncoder().encode(auditReport(progress));
  saveBytes(`audit-project-${progress.summary?.projectId}.json`, bytes, "application/json");
}
