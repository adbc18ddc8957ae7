import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import type { CID } from "multiformats/cid";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { BLOCK_CODECS, isContentId, verifyBlock } from "./content-id.ts";

/** Delivers a block's bytes, not yet verified. @param providers Addresses of nodes who probably have it. */
export type LoadBlock = (
  cid: CID,
  signal?: AbortSignal,
  providers?: readonly string[],
) => Promise<Uint8Array>;

/** Bounds of one walk through content. */
export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** File bytes allowed. */
  readonly maxBytes: number;
  /** Addresses of nodes who probably have the content. */
  readonly providers?: readonly string[] | undefined;
  /** Walks a block once, however often it is linked: for whoever wants the blocks, and not the file that they make. */
  readonly isEachOnce?: boolean;
  /** Called once with the size that the root claims, before any other block is loaded. */
  readonly onSize?: (bytes: number) => void;
}

/** One verified block of a walk: `data` are the file bytes it contributes at this place. */
export interface WalkedBlock {
  readonly cid: CID;
  readonly block: Uint8Array;
  readonly data: Uint8Array;
}

// Loads ahead of the reader: enough to hide the latency of a connection, few enough to bound memory (16 blocks of up to 2 MiB).
const LOOK_AHEAD_BLOCKS = 16;

/**
 * Walks a file's blocks depth first, in file order, verifying each against its CID and loading a few ahead.
 *
 * @throws CommonweightError CW2401 when the file admits or turns out to exceed `maxBytes`; CW2405 for a wrong block; CW2406 for a
 * directory, or for more blocks than a file of `maxBytes` can need (a small graph whose links repeat can name exponentially many).
 */
export async function* walkContent(
  root: CID,
  load: LoadBlock,
  options: WalkOptions,
): AsyncGenerator<WalkedBlock> {
  const { signal, maxBytes } = options;
  const maxBlocks = 64 + Math.ceil(maxBytes / 4096);
  const loadVerified = async (cid: CID): Promise<Uint8Array> => {
    const bytes = await load(cid, signal, options.providers);
    await verifyBlock(cid, bytes);
    return bytes;
  };
  // The next block is the last: a hostile file has a hundred thousand links, and a list that is copied for each of them takes minutes.
  const ahead: { cid: CID; block?: Promise<Uint8Array> }[] = [{ cid: root }];
  const walked = options.isEachOnce ? new Set<string>() : undefined;
  let doneBytes = 0;
  let seenBlocks = 0;
  for (;;) {
    const entry = ahead.at(-1);
    if (entry === undefined) return;
    const name = entry.cid.toString();
    if (walked?.has(name)) {
      ahead.pop();
      continue;
    }
    walked?.add(name);
    for (const next of ahead.slice(-LOOK_AHEAD_BLOCKS).reverse()) {
      next.block ??= loadVerified(next.cid);
      // An error of a block loaded ahead is reported when its turn comes; until then it must not end the process.
      next.block.catch(() => {});
    }
    const block = await (entry.block as Promise<Uint8Array>);
    signal?.throwIfAborted();
    if (++seenBlocks > maxBlocks) throw malformed(root, `more than ${maxBlocks} blocks`);
    const node = readNode(entry.cid, block);
    if (seenBlocks === 1) {
      options.onSize?.(node.fileBytes);
      if (node.fileBytes > maxBytes) throw tooLarge(root, node.fileBytes, maxBytes);
    }
    doneBytes += node.data.length;
    if (doneBytes > maxBytes) throw tooLarge(root, doneBytes, maxBytes);
    yield { cid: entry.cid, block, data: node.data };
    ahead.pop();
    for (const cid of node.links.toReversed()) ahead.push({ cid });
    if (ahead.length > maxBlocks) throw malformed(root, `more than ${maxBlocks} blocks`);
  }
}

/** A block's own file bytes, its children, and the file size it claims for the whole below it. */
function readNode(
  cid: CID,
  block: Uint8Array,
): { data: Uint8Array; links: CID[]; fileBytes: number } {
  if (cid.code !== BLOCK_CODECS.dagPb) return { data: block, links: [], fileBytes: block.length };
  try {
    const node = dagPb.decode(block);
    if (node.Data === undefined) throw new RangeError("no UnixFS data");
    const unixfs = UnixFS.unmarshal(node.Data);
    if (unixfs.type !== "file" && unixfs.type !== "raw")
      throw new RangeError(`a ${unixfs.type}, not a file`);
    const links = node.Links.map((link) => link.Hash);
    const open = links.find((link) => !isContentId(link));
    if (open !== undefined) throw new RangeError(`its link ${open} does not say which block it is`);
    return {
      data: unixfs.data ?? new Uint8Array(),
      links,
      fileBytes: Number(unixfs.fileSize()),
    };
  } catch (cause) {
    throw malformed(cid, cause instanceof Error ? cause.message : String(cause));
  }
}

function malformed(cid: CID, reason: string): CommonweightError {
  return new CommonweightError(contentStoreErrors.malformed, `${cid}: ${reason}`, {
    details: { cid: cid.toString(), reason },
  });
}

function tooLarge(cid: CID, bytes: number, maxBytes: number): CommonweightError {
  return new CommonweightError(
    contentStoreErrors.tooLarge,
    `${cid} has at least ${bytes} bytes; at most ${maxBytes} are allowed`,
    {
      details: { cid: cid.toString(), bytes, maxBytes },
    },
  );
}
