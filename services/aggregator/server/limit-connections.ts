import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { NextFunction, Request, Response } from "express";
import { CommonweightError } from "../../protocol/errors.ts";
import { aggregatorErrors } from "../errors.ts";

/** Connections that a server holds at a time. */
export interface ConnectionLimits {
  readonly ofAddress: number;
  readonly ofAll: number;
}

/** Enough for thousands of trainers, who come and go. */
const MOST_CONNECTIONS = 4000;
/** Where the system does not tell how many files may be open, this many are assumed: the least that systems begin with. */
const USUAL_FILES = 1024;

/** Files that this process may have open: sockets are files, too. */
function openFileLimit(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
    return line?.[1] === undefined ? USUAL_FILES : Number(line[1]);
  } catch {
    return USUAL_FILES;
  }
}

/**
 * Half of the files that this process may have open, so that databases, IPFS and the chain keep theirs whatever strangers do; of
 * these a quarter for one address, or what its event streams need if that is more.
 */
export function connectionLimits(openFiles = openFileLimit()): ConnectionLimits {
  const ofAll = Math.max(16, Math.min(MOST_CONNECTIONS, Math.floor(openFiles / 2)));
  // Somewhat more than the event streams that one address may hold.
  return { ofAll, ofAddress: Math.max(4, Math.min(ofAll, Math.max(250, Math.floor(ofAll / 4)))) };
}

/** So many connections beyond an address's part are told so, all together, and so long each may ask for it; the others are ended. */
const MOST_TOLD = 32;
const TOLD_MS = 2000;

/**
 * Ends connections beyond the limits before a byte of them is read, but for a few: who asks something there is told that it is too many,
 * for it may share its address with others and know nothing of them.
 *
 * @returns To be used before anything else.
 */
export function limitConnections(limits: ConnectionLimits): {
  readonly watch: (server: Server) => void;
  readonly refuse: (request: Request, response: Response, next: NextFunction) => void;
} {
  const open = new Map<string, number>();
  const told = new Set<Socket>();
  function count(socket: Socket): void {
    const { ofAddress } = limits;
    const address = socket.remoteAddress ?? "";
    const own = (open.get(address) ?? 0) + 1;
    if (own > ofAddress) {
      tell(socket);
      return;
    }
    open.set(address, own);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  }
  function tell(socket: Socket): void {
    if (told.size >= MOST_TOLD) {
      socket.destroy();
      return;
    }
    told.add(socket);
    const timer = setTimeout(() => socket.destroy(), TOLD_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      told.delete(socket);
    });
  }
  return {
    watch: (server) => {
      server.maxConnections = limits.ofAll;
      server.on("connection", count);
    },
    refuse: (request, response, next) => {
      if (!told.has(request.socket)) return next();
      response.setHeader("Connection", "close");
      response.setHeader("Retry-After", "5");
      const message = `more than ${limits.ofAddress} connections from this address`;
      next(new CommonweightError(aggregatorErrors.tooManyRequests, message));
    },
  };
}
