import type { CID } from "multiformats/cid";
import type { Pin } from "../../protocol/content-store.ts";
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
  /** Several holders' pins of the same content are several. */
  addPin(pin: Pin): Promise<void>;
  removePin(pin: Pin): Promise<void>;
  pins(): Promise<Pin[]>;
  /** Called before each attempt to fetch: dial the providers named, and redial what was lost. */
  prepareFetch?(providers: readonly string[], signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}
