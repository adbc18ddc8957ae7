import type { BlockChoice } from "../../services/adapters/chain/rpc/final-block.ts";
import type { AuditCheck } from "../../services/auditor/audit-check.ts";
import type { ProjectAudit } from "../../services/auditor/replay-project.ts";
import type { WebSettings } from "../settings.ts";

/** Asks the worker for an audit; it is ended by terminating the worker. */
export interface AuditRequest {
  readonly settings: WebSettings;
  readonly projectId: bigint;
  /** As the audit's own choice of a block; undefined leaves it to the audit. */
  readonly block: BlockChoice | undefined;
}

/** A finished check and the round it belongs to; null: the whole project. */
export interface FinishedCheck extends AuditCheck {
  readonly roundIndex: number | null;
  /** What it took together with those that were told with it; 0 for all but the first of them. */
  readonly milliseconds: number;
}

/** What the worker says while it works. */
export type AuditMessage =
  | { readonly type: "doing"; readonly text: string }
  | { readonly type: "checked"; readonly checks: readonly FinishedCheck[] }
  | { readonly type: "done"; readonly audit: ProjectAudit }
  | {
      readonly type: "failed";
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };
