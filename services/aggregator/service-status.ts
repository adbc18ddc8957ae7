import type { Alert } from "./alerts.ts";
import type { ServiceEvent } from "./service-event.ts";

/** What the service says about itself. */
export interface ServiceStatus {
  /** Unix seconds. */
  readonly startedAt: number;
  /** What needs the operator now. */
  alerts(): readonly Alert[];
  readiness(): unknown;
  ipfs(): { peerId: string; multiaddrs: readonly string[] };
  market(): unknown;
  projects(): unknown;
  round(projectId: bigint, roundIndex: number): unknown;
  /** What the referee says to have measured, as it signed it. */
  evaluations(projectId: bigint): unknown;
  /** Calls `listener` for every event until the returned function is called. */
  onEvent(listener: (event: ServiceEvent) => void): () => void;
}
