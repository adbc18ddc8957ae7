import { CommonweightError } from "../../protocol/errors.ts";
import { auditorErrors } from "../errors.ts";
import { type AuditReport, auditReportSchema } from "./audit-report.ts";

/** Longer files are not read: a report of a thousand rounds has a few megabytes. */
export const MOST_REPORT_BYTES = 64 * 1024 * 1024;

/**
 * A report from a file of somebody else's.
 *
 * @throws CW4604 when it is no report of this format.
 */
export function readAuditReport(text: string): AuditReport {
  try {
    return auditReportSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommonweightError(auditorErrors.reportMalformed, undefined, { cause });
  }
}
