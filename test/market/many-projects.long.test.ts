import { expect, it } from "vitest";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { describeAccount, expectAccounted, withSmallMarket } from "./small-market-checks.ts";

/** `CW_PROJECTS=50` is the whole test; the long tier's number shows the same sooner. */
const PROJECTS = Number(process.env.CW_PROJECTS ?? 8);
const LONGEST_MS = 120_000 + PROJECTS * 20_000;
/** Long enough for every project to wait for all the others' proofs. */
const WINDOW_SECONDS = 3600;

it(
  "one aggregator works on many projects at once: none is forgotten, and one proof is made at a time",
  async () => {
    await withSmallMarket(
      {
        longestMs: LONGEST_MS,
        rounds: 1,
        projects: PROJECTS,
        terms: {
          joinSeconds: WINDOW_SECONDS,
          openSeconds: WINDOW_SECONDS,
          commitSeconds: WINDOW_SECONDS,
          revealSeconds: WINDOW_SECONDS,
          settleSeconds: WINDOW_SECONDS,
        },
      },
      async (market) => {
        const { chain, projectIds } = market;
        const [primary] = market.aggregators;
        const startedMs = performance.now();
        // While proofs are made the interface must answer, and open rounds must go on.
        const answersMs: number[] = [];
        let unanswered = 0;
        const asking = setInterval(async () => {
          const askedMs = performance.now();
          const answer = await fetch(`${primary?.url}/v1/health`).catch(() => undefined);
          if (answer?.ok) answersMs.push(performance.now() - askedMs);
          else unanswered++;
        }, 500);

        await market.ended.finally(() => clearInterval(asking));

        const seconds = (performance.now() - startedMs) / 1000;
        for (const projectId of projectIds) {
          expect((await readProject(chain, projectId)).appliedRounds).toBe(1);
          expect(await readSettlements(chain, projectId)).toHaveLength(1);
        }
        const { perMethod, failed } = await describeAccount(market, primary?.account ?? "");
        expect(perMethod).toMatchObject({
          bondAggregator: PROJECTS,
          openRound: PROJECTS,
          settleRound: PROJECTS,
        });
        expect(failed).toBe(0);
        // One wrapping and one approval a bond at most, and registering: on a quick machine one bond is up before the next is asked for.
        expect(perMethod.other ?? 0).toBeLessThanOrEqual(2 * PROJECTS + 1);
        const said = market.events.filter(({ who }) => who === "primary");
        // The first project goes on to its end while others wait for their proofs: nobody waits for everybody.
        const firstEnded = said.findIndex(({ type }) => type === "project-ended");
        expect(firstEnded).toBeLessThan(said.findLastIndex(({ type }) => type === "proven"));
        const askedFor = said
          .filter(({ type }) => type === "proving")
          .map((each) => each.projectId);
        const proven = said.filter(({ type }) => type === "proven").map((each) => each.projectId);
        expect(proven).toEqual(askedFor);
        answersMs.sort((one, other) => one - other);
        const slow = answersMs[Math.floor(0.95 * answersMs.length)]?.toFixed(0);
        const summary = `${PROJECTS} projects in ${seconds.toFixed(0)} s; 19 of 20 answers within ${slow} ms`;
        // For whoever compares two runs on one machine; no test depends on how quick a machine is.
        console.log(summary);
        expect(answersMs.length).toBeGreaterThan(0);
        expect(unanswered).toBe(0);
        await expectAccounted(market);
      },
    );
  },
  LONGEST_MS + 300_000,
);
