import type { Socket } from "node:net";
import type { NextFunction, Request, Response } from "express";

/** Answers that one connection may wait for. Browsers and fetch wait for each before they ask again. */
const MOST_WAITING = 8;

/**
 * Ends connections that send request after request without reading answers: each would be worked off and kept in memory before anybody
 * else's turn came. To be used before anything else.
 */
export function cutPipelines(): (request: Request, response: Response, next: NextFunction) => void {
  const waiting = new WeakMap<Socket, number>();
  return (request, response, next) => {
    const { socket } = request;
    const own = (waiting.get(socket) ?? 0) + 1;
    if (own > MOST_WAITING || socket.destroyed) {
      socket.destroy();
      return;
    }
    waiting.set(socket, own);
    response.once("close", () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    next();
  };
}
