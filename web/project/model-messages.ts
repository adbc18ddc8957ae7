import type { PublishedModel } from "../../services/adapters/chain/rounds/published-models.ts";
import type { AuditCheck } from "../../services/auditor/audit-check.ts";

/** Asks the worker to download a model and to check it against the chain. */
export interface ModelRequest {
  readonly gateway: string;
  readonly chainId: bigint;
  /** Address of the market contract. */
  readonly market: string;
  readonly owner: string;
  readonly projectId: bigint;
  readonly parameterCount: number;
  readonly fractionBits: number;
  readonly visibility: "public" | "private";
  /** Without a development setup the page has no powers of tau to open a commitment with. */
  readonly isDevelopment: boolean;
  readonly model: PublishedModel;
}

/** What the worker found, and the file, when there is one. */
export interface ModelAnswer {
  readonly check: AuditCheck;
  readonly bytes: Uint8Array | null;
}
