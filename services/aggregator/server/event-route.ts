import type { Express } from "express";
import { CommonweightError } from "../../protocol/errors.ts";
import { aggregatorErrors } from "../errors.ts";
import type { ServiceEvent } from "../service-event.ts";
import { plainJson } from "./plain-json.ts";

/** Events that a viewer may leave unread. */
const MAX_UNREAD_EVENT_BYTES = 1024 * 1024;
/**
 * Streams that one address, and all together, may hold: each costs a connection for as long as it likes. Who is refused is no worse off
 * than between two connections: what matters is on the chain.
 */
const MAX_STREAMS = { ofAddress: 200, ofAll: 900 } as const;

/** A comment as often as this keeps a quiet stream from being taken for one that nobody reads, and finds out who has gone. */
const BEAT_MS = 30_000;

/** Adds `GET /v1/events`: everything that happens from now on, as server-sent events. */
export function addEventRoute(
  app: Express,
  onEvent: (listener: (event: ServiceEvent) => void) => () => void,
): void {
  const streams = new Map<string, number>();
  let all = 0;
  app.get("/v1/events", (request, response, next) => {
    const address = request.socket.remoteAddress ?? "";
    const own = streams.get(address) ?? 0;
    if (own >= MAX_STREAMS.ofAddress || all >= MAX_STREAMS.ofAll) {
      response.setHeader("Retry-After", "60");
      const message = "too many event streams are open";
      next(new CommonweightError(aggregatorErrors.tooManyRequests, message));
      return;
    }
    streams.set(address, own + 1);
    all++;
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
      connection: "keep-alive",
    });
    // Whoever listens knows that it does, before anything happens.
    response.flushHeaders();
    const stopListening = onEvent((event) => {
      // Who does not read for long is cut off instead of being kept in memory; pages connect again by themselves.
      if (response.writableLength > MAX_UNREAD_EVENT_BYTES) response.destroy();
      else response.write(`data: ${plainJson(event)}\n\n`);
    });
    const beating = setInterval(() => response.write(":\n\n"), BEAT_MS);
    request.once("close", () => {
      clearInterval(beating);
      stopListening();
      all--;
      const left = (streams.get(address) ?? 1) - 1;
      if (left > 0) streams.set(address, left);
      else streams.delete(address);
    });
  });
}
