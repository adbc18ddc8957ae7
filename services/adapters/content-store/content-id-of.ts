import type { PutOptions } from "../../protocol/content-store.ts";
import { createMemoryStore } from "./memory-store.ts";

/** What content would be called, without keeping it anywhere. */
export const contentIdOf = (
  bytes: Uint8Array,
  { codec }: Pick<PutOptions, "codec"> = {},
): Promise<string> => createMemoryStore().put(bytes, codec === undefined ? {} : { codec });
