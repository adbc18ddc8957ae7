import type { CID } from "multiformats/cid";
import type { LoadBlock } from "./content-graph.ts";

/** What a place that keeps blocks must offer for `createBlockContentStore`. */
export interface BlockBackend {
  /** A block from here, or rejects. */
  readonly loadHere: LoadBlock;
  /** A block from here or from the network. */
  readonly load: LoadBlock;
  put(cid: CID, block: Uint8Array, signal?: AbortSignal): Promise<void>;
  deleteBlock(cid: CID): Promise<void>;
  /** CIDs of all blocks kept; codecs may be lost (only the hash counts). */
  blocks(): Promise<CID[]>;
  addPin(cid: string): Promise<void>;
  removePin(cid: string): Promise<void>;
  pins(): Promise<string[]>;
  /** Called before each attempt to fetch: dial the providers named, and redial what was lost. */
  prepareFetch?(providers: readonly string[], signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}
