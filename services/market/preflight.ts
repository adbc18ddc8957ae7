import { accessSync, constants } from "node:fs";
import { statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { makeFolder } from "../adapters/make-folder.ts";
import { CommonweightError, errorText } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";

/** A run of the default market writes about 250 MB; a full disk shows up as the strangest errors. */
const LEAST_FREE_BYTES = 2 ** 29;

/**
 * Refuses to begin what cannot work: before any process is started.
 *
 * @param options.ports The ports that must be free on 127.0.0.1; 0 is always.
 * @param options.leastFreeBytes Room that must be left on the folder's disk.
 * @throws CW6002 a port that is in use, CW6003 a folder that cannot be written, CW6005 too little disk.
 */
export async function requireRoomAndPorts(options: {
  stateFolder: string;
  ports: readonly number[];
  leastFreeBytes?: number;
}): Promise<void> {
  const { stateFolder, ports, leastFreeBytes = LEAST_FREE_BYTES } = options;
  try {
    makeFolder(stateFolder);
    accessSync(stateFolder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new CommonweightError(marketErrors.stateFolder, `${stateFolder}: ${reason(cause)}`, {
      cause,
    });
  }
  const { bavail, bsize } = await statfs(stateFolder);
  if (bavail * bsize < leastFreeBytes) {
    const megabytes = (bytes: number) => `${Math.floor(bytes / 1e6)} MB`;
    throw new CommonweightError(
      marketErrors.diskFull,
      `${stateFolder}: ${megabytes(bavail * bsize)} free, ${megabytes(leastFreeBytes)} needed`,
    );
  }
  for (const port of ports) await requireFreePort(port);
}

/** @throws CW6002 for a port of 127.0.0.1 that is in use; 0 is always free. */
export async function requireFreePort(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host: "127.0.0.1", exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new CommonweightError(
      marketErrors.portInUse,
      `port ${port} of 127.0.0.1: ${reason(cause)}; --port <number> takes another, 0 any free one`,
      { cause, details: { port } },
    );
  }
  await new Promise((resolve) => server.close(resolve));
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "not allowed",
  EROFS: "the disk is read-only",
  ENOTDIR: "a file is in the way",
  EEXIST: "a file is in the way",
};

const reason = (error: unknown) =>
  REASONS[String((error as NodeJS.ErrnoException).code)] ?? errorText(error);
