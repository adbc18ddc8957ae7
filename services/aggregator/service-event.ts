import { EventEmitter } from "node:events";

/** Something that happened, as live viewers are told. */
export interface ServiceEvent {
  readonly type: string;
  readonly at: number;
  readonly projectId?: bigint;
  readonly roundIndex?: number;
  readonly [detail: string]: unknown;
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
