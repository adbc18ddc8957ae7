import type { CID } from "multiformats/cid";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { BlockBackend } from "./block-backend.ts";

/**
 * Deletes every block that no pinned content reaches (mark and sweep).
 *
 * @param walkHere Visits the blocks of content that is here; rejects at the first that is not.
 * @returns How many blocks were deleted.
 * @throws CommonweightError CW2400 when pinned content is not whole: going on would collect what is left of it.
 */
export async function sweepBlocks(
  backend: Pick<BlockBackend, "pins" | "blocks" | "deleteBlock">,
  walkHere: (cid: string, signal: AbortSignal) => AsyncIterable<{ readonly cid: CID }>,
  signal: AbortSignal,
): Promise<number> {
  const reached = new Set<string>();
  for (const pinned of await backend.pins()) {
    try {
      for await (const { cid } of walkHere(pinned, signal)) reached.add(hashKey(cid));
    } catch (cause) {
      throw notWhole(pinned, cause);
    }
  }
  let removed = 0;
  for (const cid of await backend.blocks()) {
    signal.throwIfAborted();
    if (reached.has(hashKey(cid))) continue;
    await backend.deleteBlock(cid);
    removed++;
  }
  return removed;
}

function notWhole(cid: string, cause: unknown): CommonweightError {
  const message = `pinned content ${cid} is not whole here: pin it again to fetch it, or unpin it`;
  return new CommonweightError(contentStoreErrors.notFound, message, { cause });
}

function hashKey(cid: CID): string {
  return Buffer.from(cid.multihash.bytes).toString("base64");
}
