import { expect, it } from "vitest";
import { createMemoryStore } from "../../services/adapters/content-store/memory-store.ts";
import { holdContent, noteContent } from "../../services/housekeeping/hold-content.ts";

const bytes = new TextEncoder().encode('{"a":1}');

it("what a holder puts and pins is its own, and it can let go of nothing else", async () => {
  const store = createMemoryStore();
  const held = holdContent(store, "keeper");
  const cid = await held.put(bytes);
  await store.pin(cid, { holder: "other" });

  await held.pin(cid);
  expect((await held.pins()).map(({ holder }) => holder)).toEqual(["keeper", "other"]);
  await held.unpin(cid, { holder: "other" });

  expect(await store.pins()).toEqual([{ cid, holder: "other" }]);
});

it.each(["file", "dag-json"] as const)(
  "what is made for a round is noted under its own name before it is pinned: %s",
  async (codec) => {
    const store = createMemoryStore();
    const died = new Error("killed");
    const noted: string[] = [];
    const dying = { put: () => Promise.reject(died) };
    const note = (cid: string) => noted.push(cid);

    await expect(noteContent(dying, "keeper", note).put(bytes, { codec })).rejects.toBe(died);
    const cid = await noteContent(store, "keeper", note).put(bytes, { codec });

    expect(noted).toEqual([cid, cid]);
    expect(await store.pins()).toEqual([{ cid, holder: "keeper" }]);
  },
);
