import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { readSubmissions } from "../../services/adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";
import { startVictim, VICTIM } from "./victim-worker.ts";

const LONGEST_MS = 60_000;

/** When the worker is killed: so long after an event of its own. */
interface Kill {
  readonly after: string;
  readonly ms: number;
}

const at = (after: string, ...delays: number[]): Kill[] => delays.map((ms) => ({ after, ms }));

/** In all steps up to the submission, and in the middle of them. A worker whose update is stored submits it when it starts again. */
const BEFORE_SUBMISSION: readonly Kill[] = [
  ...at("ready", 0, 1, 3, 10),
  ...at("training", 0, 1, 2, 5, 10, 20, 40),
  ...at("trained", 0, 1),
  ...at("sealed", 0),
];
/** Its transaction may be on its way, in a block, or neither. */
const SUBMITTING: readonly Kill[] = [...at("ready", 5, 20)];
/** While keys are handed over, and after that. */
const RELEASING: readonly Kill[] = [
  ...at("ready", 0, 2),
  ...at("key-released", 0),
  ...at("ready", 50),
];

/** Starts the worker until it says this, and kills it then; nothing of it is left. */
async function runUntil(market: PlayedMarket, { after, ms }: Kill): Promise<string[]> {
  const victim = startVictim(market);
  const ended = once(victim, "exit");
  const types: string[] = [];
  // A step that was done in the moment of the last kill is not told again.
  const longest = setTimeout(() => victim.kill("SIGKILL"), LONGEST_MS);
  for await (const text of createInterface({ input: victim.stdout })) {
    const { type } = JSON.parse(text) as { type: string };
    types.push(type);
    if (type !== after) continue;
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    break;
  }
  victim.kill("SIGKILL");
  clearTimeout(longest);
  expect(await ended, types.join(" ")).toEqual([null, "SIGKILL"]);
  return types;
}

/** One round of a project in which the worker takes part; the market's other trainers only submit something. */
async function play(kills: readonly (readonly Kill[])[]) {
  // Time for twenty starts on a busy machine.
  const market = await startPlayedMarket({ rounds: 1, commitSeconds: 3000, revealSeconds: 3000 });
  const [before = [], submitting = [], releasing = []] = kills;
  const said: string[] = [];
  const killAll = async (some: readonly Kill[]) => {
    for (const kill of some) said.push(...(await runUntil(market, kill)));
  };
  try {
    await market.openNext();
    await killAll(before);
    await killAll(submitting);
    if (!(await hasSubmitted(market)))
      said.push(...(await runUntil(market, { after: "submitted", ms: 0 })));
    await market.submitAs(["trainer-2", "trainer-3"]);
    await killAll(releasing);
    const last = startVictim(market);
    const ended = once(last, "exit");
    let outcome: Record<string, unknown> | undefined;
    let update: Int16Array | undefined;
    const lines = createInterface({ input: last.stdout });
    let isSettled = false;
    for await (const text of lines) {
      const event = JSON.parse(text) as Record<string, unknown>;
      said.push(String(event.type));
      if (event.type === "outcome") outcome = event;
      if (isSettled || !market.hasKeyOf(VICTIM, 0)) continue;
      isSettled = true;
      // Only the worker has it until an aggregator fetches it.
      update = (await market.openUpdateOf(VICTIM, 0)).update;
      await market.settle();
    }
    const [code] = await ended;
    const chain = market.of(VICTIM);
    const [settlement] = await readSettlements(chain, market.projectId);
    const place = settlement?.trainers.indexOf(chain.account as string) ?? -1;
    return { code, update, outcome, said, earnedWei: settlement?.earningsWei[place] };
  } finally {
    await market.stop();
  }
}

async function hasSubmitted(market: PlayedMarket): Promise<boolean> {
  return (await readSubmissions(market.of(VICTIM), market.projectId, 0)).length > 0;
}

/**
 * Shares are a function of the opened updates, so two workers with the same update are paid the same; `test/market` proves and settles
 * whole projects.
 */
describe("a worker that is killed twenty times", () => {
  it("submits the update that it would have, opens it, and is paid the same", async () => {
    const kills = [BEFORE_SUBMISSION, SUBMITTING, RELEASING];
    expect(kills.flat()).toHaveLength(20);

    const killed = await play(kills);
    const undisturbed = await play([]);

    expect(killed.update).toEqual(undisturbed.update);
    expect(killed.update?.some((entry) => entry !== 0)).toBe(true);
    expect(killed.earnedWei).toBe(undisturbed.earnedWei);
    expect(killed.earnedWei).toBeGreaterThan(0n);
    for (const { code, outcome, earnedWei } of [killed, undisturbed]) {
      expect(code).toBe(0);
      expect(outcome).toMatchObject({ verdict: "accepted", earnedWei: String(earnedWei) });
    }
    // Twenty starts, and the one that came to the end.
    expect(killed.said.filter((type) => type === "ready").length).toBeGreaterThanOrEqual(21);
    expect(undisturbed.said.filter((type) => type === "training")).toHaveLength(1);
  }, 900_000);
});
