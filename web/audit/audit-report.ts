import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { ProjectAudit } from "../../services/auditor/replay-project.ts";
import { auditHtml } from "../../services/auditor/report/audit-html.ts";
import { auditReport, encodeAuditReport } from "../../services/auditor/report/audit-report.ts";

/** An audit as files: the same format as the command line's, byte for byte where the same was checked. */
export interface AuditFiles {
  readonly json: string;
  readonly html: string;
  /** SHA-256 of the JSON, 64 hexadecimal digits. */
  readonly checksum: string;
}

/** Writes an audit's report. */
export function auditFiles(audit: ProjectAudit): AuditFiles {
  const report = auditReport(audit);
  const json = encodeAuditReport(report);
  const checksum = bytesToHex(sha256(new TextEncoder().encode(json)));
  return { json, checksum, html: auditHtml(report, checksum) };
}
