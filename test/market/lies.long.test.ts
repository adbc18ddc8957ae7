import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { withSmallMarket } from "./small-market-checks.ts";
import { type Fate, type LiedTo, lieTo } from "./told-lies.ts";
import { isLie, type UnnoticedLie, unnoticedLies } from "./unnoticed-lies.ts";

const MINUTE_MS = 60_000;

/** A node tells every lie that it can about a real market of two settled rounds, one at a time, each to a whole audit. */
describe("a node that lies to an auditor", () => {
  let lied: LiedTo;
  let rpcUrl = "";
  const fates = new Map<string, Fate>();
  let isOver: () => void = () => {};

  beforeAll(async () => {
    await new Promise<void>((resolve, reject) => {
      const over = new Promise<void>((end) => {
        isOver = end;
      });
      withSmallMarket({ rounds: 2, longestMs: 100 * MINUTE_MS }, async (market) => {
        await market.ended;
        const { addresses, projectId, chain } = market;
        // So that a chain that ends before is further behind than honest nodes are, and nothing happened in the newest block.
        await chain.provider.send("hardhat_mine", ["0x20"]);
        const [first] = await readSettlements(chain, projectId);
        rpcUrl = market.embedded.rpcUrl;
        const olderBlock = (first?.blockNumber ?? 0) + 1;
        lied = await lieTo({ rpcUrl, addresses, projectId, olderBlock });
        for (const lie of lied.lies) fates.set(lie.kind, await lied.audit(lie));
        // While the project runs the contract stores more, of which the same node can lie.
        const running = await lieTo({
          ...{ rpcUrl, addresses, projectId, block: olderBlock },
          olderBlock: first?.blockNumber ?? 0,
        });
        for (const lie of running.lies) {
          if (!fates.has(lie.kind)) fates.set(lie.kind, await running.audit(lie));
        }
        await running.stop();
        resolve();
        await over;
      }).catch(reject);
    });
  }, 100 * MINUTE_MS);

  afterAll(async () => {
    await lied?.stop();
    isOver();
  });

  const kindsOf = (isMeant: (fate: Fate) => boolean) =>
    [...fates].filter(([, fate]) => isMeant(fate)).map(([kind]) => kind);
  const isListed = (kind: string) => unnoticedLies.some((each) => isLie(each, kind));
  /** One that was told, and not noticed. */
  const exampleOf = (listed: UnnoticedLie) =>
    lied.lies.find(({ kind }) => isLie(listed, kind) && fates.get(kind) === "another-report");

  it("is noticed, or says nothing else than an honest one, but for the lies that are listed", () => {
    const unnoticed = kindsOf((fate) => fate === "another-report");
    const noticed = kindsOf((fate) => typeof fate !== "string");
    const harmless = kindsOf((fate) => fate === "same-report");
    const counts = { all: fates.size, noticed: noticed.length, harmless: harmless.length };
    console.info(JSON.stringify({ ...counts, unnoticed: unnoticed.length }));

    expect(unnoticed.filter((kind) => !isListed(kind))).toEqual([]);
    expect(noticed.length).toBeGreaterThan(300);
  });

  it("is noticed by each of the checks that compare with what a node says", () => {
    const checks = new Set(
      [...fates.values()].flatMap((fate) =>
        typeof fate === "string" ? [] : fate.noticedBy.split(", "),
      ),
    );

    expect([...checks]).toEqual(
      expect.arrayContaining([
        ...["contracts", "verifying key", "terms", "rounds", "submissions", "rolling hash"],
        ...["Gram proof", "rule proof", "outcome", "aggregate", "model", "payouts", "budget"],
        ...["exclusions", "reliability", "penalties", "escrow", "payees", "history"],
      ]),
    );
  });

  it("could tell each of the listed lies", () => {
    const never = unnoticedLies.filter((each) => !each.isSometimes && !exampleOf(each));

    expect(never.map(({ kind }) => kind)).toEqual([]);
  });

  it.each(unnoticedLies)("is noticed beside an honest one: $kind", async (listed: UnnoticedLie) => {
    const lie = exampleOf(listed);
    if (lie === undefined) return expect(listed.isSometimes).toBe(true);

    expect(listed.beside ?? [{ noticedBy: "CW2211" }]).toContainEqual(await lied.audit(lie, true));
  });
});
