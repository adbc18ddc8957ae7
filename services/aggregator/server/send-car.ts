import type { Writable } from "node:stream";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Sends a CAR at the pace of its reader: no more of it is read from disk than the reader's connection takes, and nothing further
 * once the reader has gone.
 *
 * @param begin Called before the first byte; not called when the content is not here, which the returned promise rejects with.
 */
export async function sendCar(
  pieces: AsyncIterable<Uint8Array>,
  target: Writable,
  begin: () => void,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  begin();
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      for (let piece = first; !piece.done; piece = await iterator.next()) yield piece.value;
    } finally {
      await iterator.return?.();
    }
  }
  // A reader that hangs up is no failure of ours, and there is nobody left to tell.
  await pipeline(Readable.from(all(), { objectMode: false }), target).catch((error: unknown) => {
    if (!target.destroyed) throw error;
  });
}
