import { open } from "node:fs/promises";
import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";

/** Reads bytes from a position on: fewer than asked for at the end. */
export type ReadAt = (position: number, length: number) => Promise<Uint8Array>;

/** Bytes that are read in pieces, wherever they lie. */
export interface ByteSource {
  /** For messages: the path, and which part of the file. */
  readonly name: string;
  /** Opens them for some reads. @throws CW3101 when they cannot be read. */
  reading<T>(body: (readAt: ReadAt) => Promise<T>): Promise<T>;
}

/**
 * The bytes of a file, or a piece of it. A file that is replaced by a shorter one while we train gives fewer bytes, not zeros.
 *
 * @param part The piece; the whole file without it.
 */
export function fileBytes(
  path: string,
  part?: { readonly name: string; readonly offset: number; readonly length: number },
): ByteSource {
  return {
    name: part?.name ?? path,
    reading: async (body) => {
      const unreadable = (cause: unknown) => {
        throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
      };
      const file = await open(path).catch(unreadable);
      try {
        return await body(async (position, length) => {
          const least = Math.max(0, Math.min(length, (part?.length ?? Infinity) - position));
          const bytes = new Uint8Array(least);
          const at = (part?.offset ?? 0) + position;
          const { bytesRead } = await file.read(bytes, 0, least, at).catch(unreadable);
          return bytes.subarray(0, bytesRead);
        });
      } finally {
        await file.close();
      }
    },
  };
}

/** Bytes that are in memory. */
export const memoryBytes = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  reading: (body) => body(async (position, length) => bytes.subarray(position, position + length)),
});
