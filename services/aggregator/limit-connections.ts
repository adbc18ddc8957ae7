import { readFileSync } from "node:fs";
import type { Server } from "node:http";

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
 * Half of the files that this process may have open, so that databases, IPFS and the chain keep theirs whatever strangers do, and of
 * these a quarter for one address.
 */
export function connectionLimits(openFiles = openFileLimit()): ConnectionLimits {
  const ofAll = Math.max(16, Math.min(MOST_CONNECTIONS, Math.floor(openFiles / 2)));
  // Somewhat more than the event streams that one address may hold.
  return { ofAll, ofAddress: Math.max(4, Math.min(ofAll, Math.max(250, Math.floor(ofAll / 4)))) };
}

/** Ends connections beyond the limits before a byte of them is read. */
export function limitConnections(server: Server, { ofAddress, ofAll }: ConnectionLimits): void {
  server.maxConnections = ofAll;
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? "";
    const own = (open.get(address) ?? 0) + 1;
    if (own > ofAddress) {
      socket.destroy();
      return;
    }
    open.set(address, own);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
