import { beforeAll, describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { readWatchEvents, type WatchEvent } from "../../services/owner/watch-events.ts";
import { standingLine, watchLine } from "../../services/owner/watch-lines.ts";
import { type Standing, watchProject } from "../../services/owner/watch-project.ts";
import { asChain } from "./as-chain.ts";
import { type Ledger, ledgerText, liveProject } from "./market-life.ts";

let ledger: Ledger;
let watched: Watched;

/** What somebody who watches the project is told. */
interface Watched {
  readonly told: { type: string; [detail: string]: unknown }[];
  readonly events: WatchEvent[];
  readonly standings: Standing[];
  readonly evaluated: number[];
}

async function watch(chain: Chain): Promise<Watched> {
  const seen: Watched = { told: [], events: [], standings: [], evaluated: [] };
  const toBlock = await chain.provider.getBlockNumber();
  const project = { projectId: 1n, slots: 16 };
  seen.events.push(...(await readWatchEvents(chain, project, { fromBlock: 0, toBlock })));
  await watchProject({
    chain,
    projectId: 1n,
    signal: new AbortController().signal,
    evaluate: async (version) => {
      seen.evaluated.push(version);
      return { accuracy: 0.5, loss: 1 };
    },
    onEvent: (event) => seen.told.push(event),
    onStanding: (standing) => seen.standings.push(standing),
  });
  return seen;
}

beforeAll(async () => {
  ledger = await liveProject(async (market) => {
    watched = await watch(await asChain(market));
  });
  console.log(ledgerText(ledger));
}, 180_000);

const lineOf = (party: string) => {
  const line = ledger.lines.find((each) => each.party === party);
  if (line === undefined) throw new Error(`no ${party}`);
  return line;
};

it("accounts for every wei of a project with a failing primary, a refusing payee and an absent owner", () => {
  const putIn = ledger.lines.reduce((sum, line) => sum + line.putInWei, 0n);
  const gotBack = ledger.lines.reduce((sum, line) => sum + line.gotBackWei, 0n);
  const kept = ledger.lines.reduce((sum, line) => sum + line.keptWei, 0n);

  expect(putIn).toBeGreaterThan(10_000n * 10n ** 18n);
  expect(gotBack + kept).toBe(putIn);
  expect(ledger.leftInVaultWei).toBe(kept);
  expect(ledger.owedByVaultWei).toBe(kept);
});

it("keeps for the blocked payee what it earned, and pays the others in full", () => {
  expect(lineOf("trainer 4").gotBackWei).toBe(0n);
  expect(lineOf("trainer 4").keptWei).toBeGreaterThan(500n * 10n ** 18n);
  expect(lineOf("trainer 1").keptWei).toBe(0n);
});

it("takes the bond of the primary that failed and pays the standby for it", () => {
  const { primary, standby } = { primary: lineOf("primary"), standby: lineOf("standby") };

  expect(primary.gotBackWei).toBeLessThan(primary.putInWei);
  expect(standby.gotBackWei).toBeGreaterThan(standby.putInWei + 200n * 10n ** 18n);
});

it("burns the one stake that was proven to be forfeit", () => {
  expect(lineOf("burned").gotBackWei).toBe(10n * 10n ** 18n);
});

it("pays the late joiner for the rounds it was in", () => {
  const late = lineOf("trainer 12");

  expect(late.gotBackWei).toBeGreaterThan(late.putInWei);
  expect(late.gotBackWei).toBeLessThan(lineOf("trainer 11").gotBackWei);
});

describe("who watches", () => {
  const money = (wei: bigint) => `${wei / 10n ** 18n} coins`;

  it("is told of each round once, in the chain's order, until the project ends", () => {
    const ofType = (type: string) => watched.told.filter((each) => each.type === type);
    const settled = ofType("round-settled");

    expect(settled.map(({ roundIndex }) => roundIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(settled.filter(({ isVoid }) => isVoid).map(({ roundIndex }) => roundIndex)).toEqual([6]);
    expect(ofType("joined")).toHaveLength(12);
    expect(ofType("bond-forfeited")).toHaveLength(1);
    expect(ofType("slashed")).toHaveLength(1);
    expect(ofType("ended")).toMatchObject([{ reason: "all-rounds-applied" }]);
    expect(watched.evaluated).toEqual([10]);
    expect(watched.told.filter(({ type }) => !["phase", "evaluated"].includes(type))).toEqual(
      watched.events,
    );
  });

  it("has a line about every event and one about the standing", () => {
    const lines = watched.events.map((event) => watchLine(event, money));

    expect(lines.filter((line) => line === undefined || line.includes("undefined"))).toEqual([]);
    expect(lines.join("\n")).toMatch(/round 5: settled, 11 of 12 accepted/);
    expect(lines.join("\n")).toContain("round 6: settled as void, nobody is paid");
    expect(standingLine(watched.standings[0] as Standing, money)).toContain("10/10 rounds applied");
  });
});
