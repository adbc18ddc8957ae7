import type { CID } from "multiformats/cid";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { BlockBackend } from "./block-backend.ts";

/** Visits the blocks of content that is here; rejects at the first that is not. */
type WalkHere = (cid: string, signal: AbortSignal) => AsyncIterable<{ readonly cid: CID }>;

/** Blocks that no pin reached when it was looked: what is pinned since may reach some of them. */
export interface MarkedBlocks {
  readonly reachedFrom: ReadonlySet<string>;
  readonly loose: ReadonlyMap<string, { readonly cid: CID; readonly bytes: number }>;
}

/**
 * Finds every block that no pinned content reaches. It reads all that is pinned, which takes long in a large store, so others may write
 * meanwhile: {@link sweepBlocks} looks again at what they pinned.
 *
 * @throws CommonweightError CW2400 with `details.cid` when pinned content is not whole: going on would collect what is left of it.
 */
export async function markBlocks(
  backend: Pick<BlockBackend, "pins" | "blocks" | "loadHere">,
  walkHere: WalkHere,
  signal: AbortSignal,
): Promise<MarkedBlocks> {
  const pins = await pinnedCids(backend);
  const reached = new Set<string>();
  for (const pinned of pins) {
    for (const key of await keysOf(pinned, walkHere, signal)) reached.add(key);
  }
  const loose = new Map<string, { cid: CID; bytes: number }>();
  for (const cid of await backend.blocks()) {
    signal.throwIfAborted();
    const key = hashKey(cid);
    if (reached.has(key)) continue;
    const { length } = await backend.loadHere(cid, signal);
    loose.set(key, { cid, bytes: length });
  }
  return { reachedFrom: pins, loose };
}

/**
 * Deletes what was marked, but for what was pinned since. Nobody may write meanwhile.
 *
 * @throws CommonweightError CW2400 as {@link markBlocks}; nothing is deleted then.
 */
export async function sweepBlocks(
  backend: Pick<BlockBackend, "pins" | "deleteBlock">,
  walkHere: WalkHere,
  { reachedFrom, loose }: MarkedBlocks,
  signal: AbortSignal,
): Promise<{ blocks: number; bytes: number }> {
  const swept = new Map(loose);
  for (const pinned of await pinnedCids(backend)) {
    if (reachedFrom.has(pinned)) continue;
    for (const key of await keysOf(pinned, walkHere, signal)) swept.delete(key);
  }
  let bytes = 0;
  for (const block of swept.values()) {
    signal.throwIfAborted();
    await backend.deleteBlock(block.cid);
    bytes += block.bytes;
  }
  return { blocks: swept.size, bytes };
}

/** Once each, however many hold them. */
const pinnedCids = async (backend: Pick<BlockBackend, "pins">): Promise<ReadonlySet<string>> =>
  new Set((await backend.pins()).map(({ cid }) => cid));

async function keysOf(cid: string, walkHere: WalkHere, signal: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  try {
    for await (const block of walkHere(cid, signal)) keys.push(hashKey(block.cid));
  } catch (cause) {
    signal.throwIfAborted();
    const message = `pinned content ${cid} is not whole here: pin it again to fetch it, or unpin it`;
    throw new CommonweightError(contentStoreErrors.notFound, message, { cause, details: { cid } });
  }
  return keys;
}

function hashKey(cid: CID): string {
  return Buffer.from(cid.multihash.bytes).toString("base64");
}
