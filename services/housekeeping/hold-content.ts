import { contentIdOf } from "../adapters/content-store/content-id-of.ts";
import type { ContentStore, PutOptions } from "../protocol/content-store.ts";

/** The same store, whose pins are this holder's: for whoever keeps content for one project and need not know of others. */
export const holdContent = <Store extends ContentStore>(store: Store, holder: string): Store => ({
  ...store,
  put: (bytes, options) => store.put(bytes, { ...options, holder }),
  pin: (cid, options) => store.pin(cid, { ...options, holder }),
  unpin: (cid, options) => store.unpin(cid, { ...options, holder }),
});

/**
 * Where a holder puts content that it makes for one round. What it is called is noted before it is pinned: a program that is killed in
 * between would leave a pin that nobody knows of, for ever.
 */
export const noteContent = (
  store: Pick<ContentStore, "put">,
  holder: string,
  note: (cid: string) => void,
): { put(bytes: Uint8Array, options?: PutOptions): Promise<string> } => ({
  put: async (bytes, options = {}) => {
    note(await contentIdOf(bytes, options));
    return store.put(bytes, { ...options, holder });
  },
});
