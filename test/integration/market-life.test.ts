import { beforeAll, describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import {
  type PostedProject,
  readPosting,
} from "../../services/adapters/chain/projects/project-posting.ts";
import { checkExclusions } from "../../services/auditor/checks/check-exclusions.ts";
import { checkHistory } from "../../services/auditor/checks/check-history.ts";
import { checkPayees, payeeGroups } from "../../services/auditor/checks/check-payees.ts";
import { checkRounds } from "../../services/auditor/checks/check-rounds.ts";
import { checkTerms } from "../../services/auditor/checks/check-terms.ts";
import { collectEvidence } from "../../services/auditor/evidence/collect-evidence.ts";
import { type EscrowFlow, escrowFlow } from "../../services/auditor/evidence/escrow-flow.ts";
import {
  type ProjectHistory,
  readProjectHistory,
} from "../../services/auditor/evidence/project-history.ts";
import { type EscrowReading, readEscrow } from "../../services/auditor/evidence/read-escrow.ts";
import { replayReliability } from "../../services/auditor/replay-reliability.ts";
import { readWatchEvents, type WatchEvent } from "../../services/owner/watch/watch-events.ts";
import { standingLine, watchLine } from "../../services/owner/watch/watch-lines.ts";
import { type Standing, watchProject } from "../../services/owner/watch/watch-project.ts";
import { asChain } from "./as-chain.ts";
import { type Ledger, ledgerText, liveProject } from "./market-life.ts";

let ledger: Ledger;
let watched: Watched;
let history: ProjectHistory;
let flows: EscrowFlow[];
let escrow: EscrowReading;
let posting: PostedProject;
let evidence: Awaited<ReturnType<typeof collectEvidence>>;

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

/** Where the money was after each block in which something happened. */
async function readFlows(chain: Chain, { events }: ProjectHistory): Promise<EscrowFlow[]> {
  const posting = await readPosting(chain, 1n);
  const blocks = [...new Set(events.map(({ blockNumber }) => blockNumber))];
  const found: EscrowFlow[] = [];
  for (const blockTag of blocks) {
    found.push(escrowFlow(await readEscrow(chain, posting, { blockTag })));
  }
  return found;
}

beforeAll(async () => {
  ledger = await liveProject(async (market) => {
    const chain = await asChain(market);
    watched = await watch(chain);
    history = await readProjectHistory(chain, 1n);
    evidence = await collectEvidence(chain, 1n);
    flows = await readFlows(chain, history);
    posting = await readPosting(chain, 1n);
    escrow = await readEscrow(chain, posting);
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
    const told = watched.told.filter(({ type }) => !["phase", "evaluated"].includes(type));
    // All of it was over when the watch began.
    const times = told.map(({ happenedAt }) => Date.parse(String(happenedAt)));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(told.map(({ happenedAt: _, ...event }) => event)).toEqual(watched.events);
  });

  it("has a line about every event and one about the standing", () => {
    const lines = watched.events.map((event) => watchLine(event, money));

    expect(lines.filter((line) => line === undefined || line.includes("undefined"))).toEqual([]);
    expect(lines.join("\n")).toMatch(/round 5: settled, 11 of 12 accepted/);
    expect(lines.join("\n")).toContain("round 6: settled as void, nobody is paid");
    expect(standingLine(watched.standings[0] as Standing, money)).toContain("10/10 rounds applied");
  });
});

describe("who audits", () => {
  const terms = { slots: 16, maxStrikes: 0 };
  /** The history with one event changed as a lying node would. */
  const changed = (name: string, place: number, values: Record<string, unknown>) => {
    const target = history.events.filter((event) => event.name === name)[place];
    const events = history.events.map((event) =>
      event === target ? { ...event, args: { ...event.args.toObject(), ...values } } : event,
    );
    return { ...history, events: events as unknown as ProjectHistory["events"] };
  };
  const failures = (told: ProjectHistory) =>
    replayReliability(told, terms).checks.flatMap((check) =>
      check.isPassed ? [] : [check.detail],
    );

  it("knows each round's budget, also after a bond was forfeited and a round was void", () => {
    expect(evidence.rounds).toHaveLength(11);
    for (const { settlement, evidence: round } of evidence.rounds) {
      expect(round.expectedBudgetWei, `round ${settlement.roundIndex}`).toBe(settlement.budgetWei);
    }
  });

  it("recomputes every reliability, and finds the one stake burned for a proven verdict", () => {
    const { trainers, checks } = replayReliability(history, terms);

    expect(checks.map(({ isPassed }) => isPassed)).toEqual([true, true]);
    expect(trainers).toHaveLength(12);
    expect(trainers.every(({ recorded, recomputed }) => recorded === recomputed)).toBe(true);
    expect(new Set(trainers.map(({ recomputed }) => recomputed)).size).toBeGreaterThan(3);
    expect(checks[1]?.detail).toContain("1 stakes burned and 0 trainers expelled");
    expect(history.registry).toHaveLength(12);
  });

  it("names a trainer who leaves with another score, or joins with one it never had", () => {
    const left = history.events.find(({ name }) => name === "TrainerLeft");
    const trainer = String(left?.args.trainer);

    expect(failures(changed("TrainerLeft", 0, { reliability: 65_000n }))[0]).toContain(
      `${trainer} has 65000`,
    );
    expect(failures(changed("TrainerJoined", 0, { reliability: 50_000n }))[0]).toContain("50000");
  });

  it("names a stake that was burned by half, and one that was burned for nothing", () => {
    expect(failures(changed("StakeSlashed", 0, { burnedWei: 1n }))[0]).toContain("lost 1 wei of");
    const innocent = String(
      history.events.find(({ name }) => name === "TrainerJoined")?.args.trainer,
    );
    expect(failures(changed("StakeSlashed", 0, { trainer: innocent }))[0]).toContain(
      "verdict accepted, but slashed",
    );
  });

  it("names a record that does not follow from the verdicts", () => {
    const [first, ...others] = history.registry;
    const told = {
      ...history,
      registry: [{ ...(first as NonNullable<typeof first>), reliability: 1 }, ...others],
    };

    expect(failures(told)[0]).toContain("was recorded with 1, must have");
  });

  it("finds every wei after every step, through a forfeited bond, a burned stake and a refused payment", () => {
    expect(flows.length).toBeGreaterThan(50);
    expect(
      flows.flatMap(({ checks }) => checks).filter(({ isPassed }) => isPassed !== true),
    ).toEqual([]);
    const last = flows.at(-1) as EscrowFlow;
    const row = (kind: string) => last.rows.find((each) => each.kind === kind);
    expect(row("stakes")?.burnedWei).toBe(lineOf("burned").gotBackWei);
    expect(row("bonds")?.movedWei).toBeLessThan(0n);
    expect(last.keptWei).toBeGreaterThan(0n);
    expect(last.rows.every(({ heldWei }) => heldWei === 0n)).toBe(true);
  });

  it("finds that nobody was left out, and an exclusion that was not announced", () => {
    const {
      settlement,
      submissions,
      evidence: round,
    } = evidence.rounds[0] as (typeof evidence.rounds)[number];
    const about = {
      ...settlement,
      submissions,
      settledIn: settlement.transactionHash,
      revealSeconds: 60,
    };
    const request = { ...round.request, excludedMask: 1 << 4, exclusionReasons: [1] };

    expect(
      checkExclusions({ ...about, request: round.request }, history.events).check,
    ).toMatchObject({
      isPassed: true,
      detail: "none: every submitted update was read",
    });
    expect(checkExclusions({ ...about, request }, history.events)).toMatchObject({
      check: { isPassed: false, detail: "1 were left out, 0 announced" },
      exclusions: [{ slot: 4, reason: "key-not-released", trainer: submissions[1]?.trainer }],
    });
  });

  describe("a node that lies about one thing", () => {
    type Changes = {
      readonly events?: typeof history.events;
      readonly moves?: typeof escrow.moves;
    };
    const results = ({ events = history.events, moves = escrow.moves }: Changes = {}) => [
      checkRounds({ events, project: escrow.project }),
      checkPayees({ ...escrow, events, moves, payoutAddresses: history.payoutAddresses }),
      ...replayReliability({ ...history, events }, terms).checks,
    ];
    const failed = (changes?: Changes) =>
      results(changes).flatMap(({ name, isPassed }) => (isPassed ? [] : [name]));
    const without = (name: string) => {
      const place = history.events.findLastIndex((event) => event.name === name);
      expect(place, name).toBeGreaterThanOrEqual(0);
      return history.events.filter((_, index) => index !== place);
    };
    const twice = (name: string) =>
      history.events.flatMap((event) => (event.name === name ? [event, event] : [event]));
    const told = (name: string, place: number, values: Record<string, unknown>) =>
      changed(name, place, values).events;
    const someone = `0x${"ab".repeat(20)}`;
    /** A block that is afterwards as it was. */
    let still: { number: number; hash: string; hashNow: string };
    beforeAll(() => {
      still = { ...history.lastBlock, hashNow: history.lastBlock.hash };
    });

    it("is not found in what the chain really says", () => {
      expect(results().filter(({ isPassed }) => !isPassed)).toEqual([]);
      expect(checkTerms(posting, escrow.project).isPassed).toBe(true);
      expect(checkHistory(history, [still]).isPassed).toBe(true);
    });

    it.each([
      ["leaves out a round that came to nothing", () => without("RoundVoided"), "rounds"],
      ["leaves out an opening", () => without("RoundOpened"), "rounds"],
      ["leaves out the end", () => without("ProjectEnded"), "rounds"],
      ["leaves out that somebody left", () => without("TrainerLeft"), "reliability"],
      ["leaves out the last model", () => without("ModelPublished"), "rounds"],
      ["settles twice", () => twice("RoundSettled"), "rounds"],
      ["lets somebody leave twice", () => twice("TrainerLeft"), "reliability"],
      [
        "has another account settle",
        () => told("RoundSettled", 0, { settledBy: someone }),
        "rounds",
      ],
      ["has another account open", () => told("RoundOpened", 0, { aggregator: someone }), "rounds"],
      [
        "has a round closed earlier",
        () => told("RoundOpened", 1, { commitClosesAt: 1n }),
        "rounds",
      ],
      ["draws other trainers", () => told("RoundOpened", 2, { eligibleMask: 1n }), "rounds"],
      [
        "publishes another last model",
        () => told("ModelPublished", 10, { commitment: { x: 1n, y: 2n } }),
        "rounds",
      ],
      [
        "ends the project for another reason",
        () => told("ProjectEnded", 0, { reason: 1n }),
        "rounds",
      ],
      ["pays somebody less in the end", () => told("TrainerLeft", 0, { paidWei: 1n }), "payees"],
    ])("is named when it %s", (_, lie, check) => {
      expect(failed({ events: lie() })).toContain(check);
    });

    it("is named when it pays a stranger, another trainer, or in another token", () => {
      const place = escrow.moves.findIndex(({ kind }) => kind === "paid");
      const others = (values: Partial<(typeof escrow.moves)[number]>) =>
        escrow.moves.map((move, index) => (index === place ? { ...move, ...values } : move));
      const rich = escrow.moves.findLast(({ kind }) => kind === "paid")?.account ?? "";

      expect(escrow.moves[place]?.account).not.toBe(rich);
      for (const lie of [{ account: someone }, { account: rich }, { token: someone }]) {
        expect(failed({ moves: others(lie) }), JSON.stringify(lie)).toEqual(["payees"]);
      }
    });

    it("is named when it changes a term, the owner or the token", () => {
      const lies = [
        { terms: { ...posting.terms, minTrainers: 4 } },
        { owner: someone },
        { rewardToken: someone },
        { recomputedTermsHash: `0x${"00".repeat(32)}` },
      ];

      for (const lie of lies) {
        const check = checkTerms({ ...posting, ...lie }, escrow.project);
        expect(check, Object.keys(lie)[0]).toMatchObject({ name: "terms", isPassed: false });
      }
    });

    it("is named when its chain changes while it is read, or is put together of two", () => {
      const two = { ...history, foreignBlocks: [7] };

      expect(checkHistory(history, [still, { ...still, hashNow: "0x00" }])).toMatchObject({
        ...{ name: "history", isPassed: false },
      });
      expect(checkHistory(two, [still]).detail).toMatch(/^the events of block 7 /);
    });

    it("adds up for everybody what was earned, given back and paid", () => {
      const { groups, strangers } = payeeGroups({ ...escrow, ...history });
      const ofRole = (role: string) =>
        groups.filter(({ members }) => members.some((member) => member.role === role));

      expect(strangers).toEqual([]);
      expect(ofRole("trainer")).toHaveLength(12);
      expect(ofRole("aggregator")).toHaveLength(2);
      expect(ofRole("burned")[0]?.paidWei).toBe(lineOf("burned").gotBackWei);
      expect(ofRole("owner")[0]?.paidWei).toBe(lineOf("owner").gotBackWei);
    });
  });
});
