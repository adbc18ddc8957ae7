import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { readSubmissions } from "../../services/adapters/chain/rounds/round-events.ts";
import { openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";
import { startVictim, VICTIM } from "./victim-worker.ts";

type Event = { readonly type: string; readonly [detail: string]: unknown };

let market: PlayedMarket;
const running: ChildProcess[] = [];
beforeAll(async () => {
  market = await startPlayedMarket({ rounds: 6, commitSeconds: 3000, revealSeconds: 3000 });
});
afterAll(async () => {
  for (const each of running) each.kill("SIGKILL");
  await market?.stop();
});

/** A worker that removes all the time what it need not keep. */
function start() {
  const worker = startVictim(market, ["--keep-rounds", "1", "--collect-hours", "0.00005"]);
  running.push(worker);
  const ended = once(worker, "exit");
  const lines = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  const said: Event[] = [];
  return {
    said,
    /** Reads on until an event of this kind. */
    until: async (isIt: (event: Event) => boolean): Promise<Event> => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`ended after ${said.map(({ type }) => type).join(" ")}`);
        const event = JSON.parse(value) as Event;
        said.push(event);
        if (isIt(event)) return event;
      }
    },
    kill: async () => {
      worker.kill("SIGKILL");
      await ended;
    },
  };
}

const isOf = (type: string) => (event: Event) => event.type === type;

it("a worker that collects all the time and is killed again and again opens its update, is paid, and lets go of it two rounds later", async () => {
  const chain = market.of(VICTIM);
  const { projectId } = market;
  await market.openNext();
  const first = start();
  await first.until(isOf("submitted"));
  await first.until(isOf("content-collected"));
  await first.kill();
  // While a collection is under way, or just before or after it.
  for (const count of [1, 2]) {
    const again = start();
    for (let seen = 0; seen < count; seen++) await again.until(isOf("content-collected"));
    await again.kill();
  }
  const [submission] = await readSubmissions(chain, projectId, 0);
  const bundleCid = submission?.bundleCid as string;
  await market.submitAs(["trainer-2", "trainer-3"]);

  const last = start();
  await last.until(isOf("key-released"));
  // Nobody has it but the worker.
  const { update } = await market.openUpdateOf(VICTIM, 0);
  await market.settle();
  const outcome = await last.until(isOf("outcome"));
  await market.playRound();
  await market.playRound();
  await last.kill();
  // Its first collection reads the chain anew.
  const next = start();
  await next.until(isOf("content-collected"));
  await next.kill();

  expect(update.some((entry) => entry !== 0)).toBe(true);
  expect(outcome).toMatchObject({ roundIndex: 0, verdict: "accepted" });
  const events = [first, last, next].flatMap(({ said }) => said);
  expect(events.filter(({ type }) => /content-lost|collection-failed/.test(type))).toEqual([]);
  expect(events.filter(isOf("training"))).not.toEqual([]);
  const node = await openIpfsNode({ folder: `${market.folder}/victim/ipfs`, listen: [] });
  try {
    const { manifestCid } = await readPosting(chain, projectId);
    const [initial] = await readModels(chain, projectId);
    const here = [manifestCid, bundleCid, initial?.cid as string].map((cid) => node.has(cid));
    // A model from which no round starts any more is not needed either.
    expect(await Promise.all(here)).toEqual([true, false, false]);
  } finally {
    await node.stop();
  }
}, 300_000);
