import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { createMemoryStore } from "../../services/adapters/content-store/memory-store.ts";
import type { NamedContent } from "../../services/housekeeping/project-content-log.ts";
import { projectHolder } from "../../services/housekeeping/project-holder.ts";
import { sortContent } from "../../services/housekeeping/sort-content.ts";
import { trainerContent } from "../../services/worker/trainer-content.ts";
import { openWorkStore, type WorkStage, type WorkStore } from "../../services/worker/work-store.ts";
import { namedContent } from "../housekeeping/named-content.ts";

const chain = { chainId: 31337n, addresses: { market: "0xAb" } } as Partial<Chain> as Chain;
const rules = { rounds: 1, endedSeconds: 1000 };

let workStore: WorkStore;
beforeEach(() => {
  workStore = openWorkStore(":memory:");
});
afterEach(() => workStore.close());

const contentOf = (contentStore = createMemoryStore()) =>
  trainerContent({ chain, contentStore, workStore, projectIds: [7n] });

/** As the worker leaves it in each stage of a round. */
function work(roundIndex: number, stage: WorkStage): void {
  workStore.saveContent(7n, roundIndex, `own-${roundIndex}`);
  workStore.save({
    ...{ projectId: 7n, roundIndex, stage, bundleCid: `own-${roundIndex}`, releasedTo: [] },
    ...{ commitment: { x: 1n, y: 2n }, blinding: 3n, contentKey: new Uint8Array(32) },
  });
}

function sorted(changes: Partial<NamedContent> = {}, now = 5000) {
  const content = contentOf().choose(7n)(namedContent(changes));
  const { kept, released } = sortContent(content, rules, now);
  return { kept: [...kept].sort(), released: [...released].sort() };
}

describe("what a trainer keeps", () => {
  it("is what the next round begins with and its own updates of the last rounds; others' are nothing to it", () => {
    for (const round of [1, 2, 3]) work(round, "settled");
    work(4, "submitted");

    expect(sorted()).toEqual({
      kept: ["job-4", "manifest", "model-2", "own-3", "own-4"],
      released: ["job-3", "model-0", "model-1", "model-x", "own-1", "own-2"],
    });
  });

  it("is the newest model however long ago it was made", () => {
    const { kept } = sorted({ newestRound: 50, jobs: new Map() });

    expect(kept).toEqual(["manifest", "model-2"]);
  });

  it.each(["prepared", "submitted", "released"] as const)(
    "is an update that is %s and not settled, also of a round long ago in which this machine was off",
    (stage) => {
      work(0, stage);
      work(1, "settled");

      expect(sorted({ newestRound: 50 }).kept).toContain("own-0");
      contentOf().onReleased?.(7n, { beforeRound: 49, isOver: false });
      expect(workStore.listContent(7n)).toEqual([
        { roundIndex: 0, cid: "own-0" },
        { roundIndex: 1, cid: "own-1" },
      ]);

      work(0, "settled");
      expect(sorted({ newestRound: 50 }).released).toContain("own-0");
      contentOf().onReleased?.(7n, { beforeRound: 49, isOver: false });
      expect(workStore.listContent(7n)).toEqual([]);
    },
  );

  it("is what was sealed when a crash came before the work was written down, as long as its round is kept", () => {
    workStore.saveContent(7n, 4, "left over");

    expect(sorted().kept).toContain("left over");
    expect(sorted({ newestRound: 6 }).released).toContain("left over");
  });

  it("is nothing when the project has ended long ago", () => {
    work(4, "settled");

    expect(sorted({ endedAt: 4000 }).kept).toContain("own-4");
    expect(sorted({ endedAt: 3999 }).kept).toEqual([]);
  });

  it("is looked at for the projects that it works for, and those of this market for which it still holds something", async () => {
    const contentStore = createMemoryStore();
    const bytes = new Uint8Array(3);
    const other = { ...chain, addresses: { market: "0xCd" } } as Partial<Chain> as Chain;
    await contentStore.put(bytes, { holder: projectHolder(chain, "trainer", 3n) });
    await contentStore.put(bytes, { holder: projectHolder(chain, "trainer", 7n) });
    await contentStore.put(bytes, { holder: projectHolder(chain, "referee", 4n) });
    await contentStore.put(bytes, { holder: projectHolder(other, "trainer", 5n) });
    await contentStore.put(bytes);

    expect(await contentOf(contentStore).listProjects()).toEqual([7n, 3n]);
  });
});
