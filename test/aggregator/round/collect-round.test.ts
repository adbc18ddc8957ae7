import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { chainErrors } from "../../../services/adapters/chain/errors.ts";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import type { Round } from "../../../services/adapters/chain/rounds/round.ts";
import type { RoundLog } from "../../../services/adapters/chain/rounds/round-log.ts";
import { RoundCollector } from "../../../services/aggregator/round/collect-round.ts";
import type { ContentStore } from "../../../services/protocol/content-store.ts";
import { CommonweightError } from "../../../services/protocol/errors.ts";
import type { ReferencesBody } from "../../../services/protocol/market/api.ts";

const sent = vi.hoisted(() => [] as number[]);
/** What becomes of transactions: why one of several updates fails, and when the others are in a block. */
const batch = vi.hoisted(() => ({}) as { failure?: Error; isMined?: Promise<void> });
vi.mock("../../../services/adapters/chain/rounds/round.ts", async (original) => ({
  ...(await original<object>()),
  submitUpdates: async (_chain: Chain, _projectId: bigint, _round: number, updates: unknown[]) => {
    sent.push(updates.length);
    if (updates.length > 1 && batch.failure !== undefined) throw batch.failure;
    if (batch.isMined !== undefined) await batch.isMined;
    return { gasUsed: 1n };
  },
}));

const CLOSES_AT = 1000;
const project = { terms: { parameterCount: 34 } } as Project;
/** A round that waits for three trainers. */
const round = { roundIndex: 0, pendingMask: 0b1110n, commitClosesAt: CLOSES_AT } as Round;

/** A collector with this many updates in its mailbox, and a bundle store that answers as the test wants. */
function collector(
  mailbox: { updates: number },
  pin: ContentStore["pin"],
  references?: ReferencesBody,
) {
  return new RoundCollector({
    chain: {} as Chain,
    rounds: { submissions: async () => [] } as unknown as RoundLog,
    store: {
      listUpdates: () =>
        Array.from({ length: mailbox.updates }, (_, index) => ({
          ...{ trainer: `0x${index}`, multiaddrs: [`/of/${index}`], signature: "" },
          ...{ commitmentHash: `0x${"cc".repeat(32)}`, bundleCid: `bafy${index}` },
        })),
      findReferences: () => references,
      saveContent: () => {},
    },
    contentStore: { pin },
    projectId: 1n,
    emit: () => {},
    signal: new AbortController().signal,
  });
}

describe("updates that came by message", () => {
  const never = () => new Promise<void>(() => {});
  beforeEach(() => {
    sent.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are sent on in one transaction once nobody is missing, however slow their bundles come", async () => {
    const mailbox = { updates: 2 };
    const collecting = collector(mailbox, never);
    await collecting.collect(project, round, 0);
    expect(sent).toEqual([]);

    mailbox.updates = 3;
    await collecting.collect(project, round, 0);
    expect(sent).toEqual([3]);
  });

  it("wait three seconds for the others, and no longer", async () => {
    const collecting = collector({ updates: 1 }, never);
    await collecting.collect(project, round, 0);
    vi.advanceTimersByTime(2999);
    await collecting.collect(project, round, 0);
    expect(sent).toEqual([]);

    vi.advanceTimersByTime(1);
    await collecting.collect(project, round, 0);
    expect(sent).toEqual([1]);
  });

  it("wait for nobody when the phase is about to end", async () => {
    const collecting = collector({ updates: 1 }, never);
    await collecting.collect(project, round, CLOSES_AT - 31);
    expect(sent).toEqual([]);

    await collecting.collect(project, round, CLOSES_AT - 30);
    expect(sent).toEqual([1]);
  });

  it.each([
    ["takes one of them not", { ...chainErrors.refused }, { refusal: "MarketInvalidCid" }],
    ["has one of them already when their block comes", { ...chainErrors.failed }, {}],
  ])(
    "are sent on each alone, all at once, when the contract %s",
    async (_, definition, details) => {
      batch.failure = new CommonweightError(definition, "submitUpdates", { details });
      let mine = () => {};
      batch.isMined = new Promise((resolve) => {
        mine = resolve;
      });
      const collecting = collector({ updates: 3 }, never).collect(project, round, 0);
      // A block later would be a block late for the last of them.
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      expect(sent).toEqual([3, 1, 1, 1]);
      mine();
      await collecting;
      delete batch.failure;
      delete batch.isMined;
    },
  );

  it("have their bundles fetched once, and again when they did not come", async () => {
    let [gets, isThere] = [0, false];
    const collecting = collector({ updates: 1 }, async () => {
      gets++;
      if (!isThere) throw new Error("away");
    });
    for (isThere of [false, true, true]) {
      await collecting.collect(project, round, 0);
      await Promise.resolve();
    }
    expect(gets).toBe(2);
  });

  it("have their bundles fetched from their senders while others still train, and so have the references", async () => {
    const fetched: [string, readonly string[] | undefined][] = [];
    const pin: ContentStore["pin"] = async (cid, options) => {
      fetched.push([cid, options?.providers]);
    };
    const referee = ["/of/referee"];
    const references = {
      ...{ referenceBundleCid: "bafyr", payGradientBundleCid: "bafyg", multiaddrs: referee },
    } as unknown as ReferencesBody;
    const collecting = collector({ updates: 1 }, pin, references);
    await collecting.collect(project, round, 0);
    await collecting.collect(project, round, 0);

    expect(fetched).toEqual([
      ["bafy0", ["/of/0"]],
      ["bafyr", referee],
      ["bafyg", referee],
    ]);
  });
});
