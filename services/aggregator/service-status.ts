import { EventEmitter } from "node:events";
import type { Alert } from "./alerts.ts";

/** Something that happened, as live viewers are told. */
export interface ServiceEvent {
  readonly type: string;
  readonly at: number;
  readonly projectId?: bigint;
  readonly roundIndex?: number;
  readonly [detail: string]: unknown;
}

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

/** Hands events to whoever listens at the time. */
export class EventFeed {
  readonly #emitter = new EventEmitter().setMaxListeners(1000);

  emit(event: ServiceEvent): void {
    this.#emitter.emit("event", event);
  }

  onEvent(listener: (event: ServiceEvent) => void): () => void {
    this.#emitter.on("event", listener);
    return () => this.#emitter.off("event", listener);
  }
}
