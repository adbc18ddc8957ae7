import { join } from "node:path";
import { MemoryBlockstore } from "blockstore-core";
import { FsBlockstore } from "blockstore-fs";
import { MemoryDatastore } from "datastore-core";
import { LevelDatastore } from "datastore-level";
import type { Blockstore } from "interface-blockstore";
import type { Datastore } from "interface-datastore";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";

/** Where a node keeps its blocks, and its identity and pins. */
export interface NodeStores {
  readonly blockstore: Blockstore;
  readonly datastore: Datastore;
  close(): Promise<void>;
}

/**
 * Opens the stores of a node.
 *
 * @param folder Without it everything is in memory.
 * @throws CommonweightError CW2408 when the folder cannot be used.
 */
export async function openNodeStores(folder: string | undefined): Promise<NodeStores> {
  if (folder === undefined)
    return {
      blockstore: new MemoryBlockstore(),
      datastore: new MemoryDatastore(),
      close: async () => {},
    };
  const blockstore = new FsBlockstore(join(folder, "blocks"));
  const datastore = new LevelDatastore(join(folder, "datastore"));
  try {
    await blockstore.open();
    await datastore.open();
  } catch (cause) {
    throw new CommonweightError(
      contentStoreErrors.storeFailed,
      `cannot open the node's folder ${folder}`,
      { cause },
    );
  }
  return { blockstore, datastore, close: () => datastore.close() };
}
