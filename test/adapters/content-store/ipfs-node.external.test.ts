import { describe, expect, it } from "vitest";
import { createHttpApiStore } from "../../../services/adapters/content-store/http-api-store.ts";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";

const url = process.env.CW_IPFS_API;

describe.skipIf(url === undefined)(
  "the IPFS node whose RPC API is at CW_IPFS_API [needs that variable]",
  () => {
    it("keeps, pins, returns and lets go of content under our CIDs", async () => {
      const store = createHttpApiStore({ url: url as string });
      const bytes = crypto.getRandomValues(new Uint8Array(50_000));
      const large = new Uint8Array(2 ** 20 + 50_000);
      large.set(bytes, 2 ** 20);

      const cid = await store.put(large);

      expect(cid).toBe(await createMemoryStore().put(large));
      expect(Buffer.compare(await store.get(cid), large)).toBe(0);
      expect(await store.pins()).toContainEqual({ cid, holder: "" });
      await store.unpin(cid);
      expect(await store.pins()).not.toContainEqual({ cid, holder: "" });
      expect(await store.has(cid)).toBe(true);
    });
  },
);
