import type { AuditCheck } from "../../services/protocol/audit-round.ts";
import type { WebSettings } from "../settings.ts";

/** Asks the worker for an audit; it is ended by terminating the worker. */
export interface AuditRequest {
  readonly settings: WebSettings;
  readonly projectId: bigint;
}

/** A finished check, with the round it belongs to (null: the whole project) and what it took. */
export interface FinishedCheck extends AuditCheck {
  readonly roundIndex: number | null;
  readonly milliseconds: number;
}

/** What the worker says while it works. */
export type AuditMessage =
  | { readonly type: "doing"; readonly text: string }
  | { readonly type: "checked"; readonly checks: readonly FinishedCheck[] }
  | { readonly type: "done"; readonly summary: AuditSummary }
  | {
      readonly type: "failed";
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

/** What the audit was about. */
export interface AuditSummary {
  readonly chainId: bigint;
  readonly market: string;
  readonly projectId: bigint;
  readonly isDevelopment: boolean;
  readonly setupLabel: string;
  readonly settledRounds: number;
  readonly voidRounds: readonly { readonly roundIndex: number; readonly reason: string }[];
}
