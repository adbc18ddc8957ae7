import { expect, it } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { projectHolder } from "../../../services/housekeeping/project-holder.ts";
import { sortContent } from "../../../services/housekeeping/sort-content.ts";
import { refereeContent } from "../../../services/owner/referee/referee-content.ts";
import { openReferenceStore } from "../../../services/owner/referee/reference-store.ts";
import { namedContent } from "../../housekeeping/named-content.ts";

const chain = { chainId: 31337n, addresses: { market: "0xAb" } } as Partial<Chain> as Chain;
const rules = { rounds: 1, endedSeconds: 1000 };

function refereeOf(projectId: bigint) {
  const [store, contentStore] = [openReferenceStore(":memory:"), createMemoryStore()];
  return {
    ...{ store, contentStore },
    content: refereeContent({ chain, contentStore, store, projectId }),
  };
}

it("a referee keeps all models while the project runs, and its references of the last rounds and of those to come", () => {
  const { store, content } = refereeOf(7n);
  for (const round of [0, 2, 3, 4, 5]) store.saveContent(7n, round, `r-${round}`);
  // Made on a model that an aggregator announced and the chain did not take.
  store.saveContent(7n, 2, "r-2-announced");

  const { kept, released } = sortContent(content.choose(7n)(namedContent()), rules, 5000);

  expect([...kept].sort()).toEqual(
    [...namedContent().lasting, "r-3", "r-4", "r-5"].sort((a, b) => (a < b ? -1 : 1)),
  );
  expect([...released].sort()).toEqual(["r-0", "r-2", "r-2-announced"]);
  content.onReleased?.(7n, { beforeRound: 3, isOver: false });
  expect(store.listContent(7n).map(({ cid }) => cid)).toEqual(["r-3", "r-4", "r-5"]);
  store.close();
});

it("an owner's initial and final model, and the manifest, stay for ever", () => {
  const { store, content } = refereeOf(7n);
  store.saveContent(7n, 4, "r-4");
  const ended = namedContent({ endedAt: 1 });

  const { kept, released } = sortContent(content.choose(7n)(ended), rules, 5000);

  expect([...kept].sort()).toEqual(["manifest", "model-0", "model-2"]);
  expect([...released].sort()).toEqual(["job-3", "job-4", "model-1", "model-x", "r-4"]);
  store.close();
});

it("a project that was refereed from the same folder before is looked at, too; another role's is not", async () => {
  const { store, content, contentStore } = refereeOf(7n);
  const bytes = new Uint8Array(3);
  await contentStore.put(bytes, { holder: projectHolder(chain, "referee", 2n) });
  await contentStore.put(bytes, { holder: projectHolder(chain, "trainer", 4n) });

  expect(await content.listProjects()).toEqual([7n, 2n]);
  store.close();
});
