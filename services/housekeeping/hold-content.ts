import type { ContentStore } from "../protocol/content-store.ts";

/** The same store, whose pins are this holder's: for whoever keeps content for one project and need not know of others. */
export const holdContent = <Store extends ContentStore>(store: Store, holder: string): Store => ({
  ...store,
  put: (bytes, options) => store.put(bytes, { ...options, holder }),
  pin: (cid, options) => store.pin(cid, { ...options, holder }),
  unpin: (cid, options) => store.unpin(cid, { ...options, holder }),
});
