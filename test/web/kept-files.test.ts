import { afterEach, expect, it, vi } from "vitest";
import { createMemoryStore } from "../../services/adapters/content-store/memory-store.ts";
import type { PreparedProject } from "../../services/owner/posting/post-project.ts";
import { forgetFiles, keepFiles, keptContent } from "../../web/post/kept-files.ts";

afterEach(() => vi.unstubAllGlobals());

/** A browser's cache, in memory. */
function stubCaches() {
  const kept = new Map<string, Map<string, Response>>();
  vi.stubGlobal("caches", {
    open: async (name: string) => {
      const cache = kept.get(name) ?? new Map<string, Response>();
      kept.set(name, cache);
      return {
        put: async (key: string, value: Response) => void cache.set(key, value),
        match: async (key: string) => cache.get(key)?.clone(),
      };
    },
    delete: async (name: string) => kept.delete(name),
  });
}

it("a private project's files are kept until they are forgotten, and others never were", async () => {
  stubCaches();
  const contentStore = createMemoryStore();
  const manifestCid = await contentStore.put(Uint8Array.of(1, 2));
  const modelCid = await contentStore.put(Uint8Array.of(3));
  const other = await contentStore.put(Uint8Array.of(4));
  const prepared = { manifestCid, modelCid, terms: { parameterCount: 1 } } as PreparedProject;

  await keepFiles({ prepared, contentStore });

  const kept = await keptContent();
  expect(await kept.get(manifestCid)).toEqual(Uint8Array.of(1, 2));
  expect(await kept.get(modelCid)).toEqual(Uint8Array.of(3));
  await expect(kept.get(other)).rejects.toMatchObject({ code: "CW7019" });
  await forgetFiles();
  await expect((await keptContent()).get(modelCid)).rejects.toMatchObject({ code: "CW7019" });
});
