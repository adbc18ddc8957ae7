import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeAccount, expectAccounted, withSmallMarket } from "./small-market-checks.ts";

/** The long tier's six show the same at a fifth of the time; `CW_KILL_ROUNDS=30` is the whole test. */
const ROUNDS = Number(process.env.CW_KILL_ROUNDS ?? 6);
const LONGEST_MS = ROUNDS * 60_000;

/** Repeats for the same seed, as far as two runs' clocks do. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

it(
  "an aggregator that is killed at random moments of many rounds loses nothing and pays nothing twice",
  async () => {
    const random = seededRandom(Number(process.env.CW_SEED ?? 7));
    await withSmallMarket({ longestMs: LONGEST_MS, rounds: ROUNDS }, async (market) => {
      const [primary] = market.aggregators;
      let isOver = false;
      const ended = market.ended.finally(() => {
        isOver = true;
      });
      let kills = 0;
      while (!isOver) {
        // Rounds take about five seconds: some are killed twice, some not at all.
        await new Promise((resolve) => setTimeout(resolve, 1000 + 9000 * random()));
        if (isOver) break;
        await primary?.kill();
        kills++;
        // Now and then its memory goes too: it is a cache.
        if (kills % 5 === 0) {
          for (const suffix of ["", "-wal", "-shm"]) {
            rmSync(join(primary?.stateFolder ?? "", `aggregator.sqlite${suffix}`), { force: true });
          }
        }
        await primary?.start();
      }
      const project = await ended;

      expect(kills).toBeGreaterThanOrEqual(ROUNDS / 3);
      expect(project.appliedRounds).toBe(ROUNDS);
      const { perMethod, failed } = await describeAccount(market, primary?.account ?? "");
      expect(perMethod).toMatchObject({ openRound: ROUNDS, settleRound: ROUNDS });
      expect(failed).toBe(0);
      await expectAccounted(market);
      console.log(`${kills} kills, ${JSON.stringify(perMethod)}`);
    });
  },
  LONGEST_MS + 60_000,
);
