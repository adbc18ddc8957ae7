import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { readRound } from "../../services/adapters/chain/rounds/round.ts";
import { readVoidedRounds } from "../../services/adapters/chain/rounds/round-events.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { Alerts } from "../../services/aggregator/alerts.ts";
import { ChainHead } from "../../services/aggregator/chain-head.ts";
import { ProjectEngine } from "../../services/aggregator/projects/project-engine.ts";
import { ABANDON_REASONS } from "../../services/aggregator/round/round-content.ts";
import { openRoundStore } from "../../services/aggregator/store/round-store.ts";
import { contentStoreErrors } from "../../services/protocol/content-store.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

const nobodyHasIt = () =>
  Promise.reject(new CommonweightError(contentStoreErrors.notFound, "nobody has it"));
const BOND_WEI = 10n ** 17n;

/** The market's referee never hands out a key: no round can be proven. */
describe("a round that cannot be settled for somebody else's fault", () => {
  let market: PlayedMarket;
  const events: { type: string; [detail: string]: unknown }[] = [];
  beforeEach(async () => {
    events.length = 0;
    market = await startPlayedMarket({ aggregatorBondWei: BOND_WEI });
    await market.openNext();
    await market.submitAs(["trainer-1", "trainer-2", "trainer-3"]);
  });
  afterEach(() => market.stop());

  async function engineOf(
    changes: Record<string, unknown> = {},
    around: Record<string, unknown> = {},
  ) {
    const envelope = createHpkeEnvelope();
    const chain = market.of("aggregator");
    return new ProjectEngine(
      {
        ...{ chain, envelope, head: new ChainHead(), alerts: new Alerts(() => {}) },
        keys: await envelope.generateKeyPair(),
        store: Object.assign(
          openRoundStore(":memory:", { append: () => {}, read: () => [] }),
          changes,
        ),
        contentStore: { pin: nobodyHasIt, get: nobodyHasIt },
        ...{ requireKey: async () => {}, layoutOf: nobodyHasIt, curveFor: async () => ({}) },
        prover: { prepare: () => {} },
        onEvent: (event: (typeof events)[number]) => void events.push(event),
        signal: new AbortController().signal,
        ...around,
      } as never,
      market.projectId,
    );
  }

  async function passTo(time: number): Promise<void> {
    const { provider } = market.of("owner");
    await provider.send("evm_setNextBlockTimestamp", [time]);
    await provider.send("evm_mine", []);
  }

  const bondOf = async () => (await readProject(market.of("owner"), market.projectId)).bondsWei[0];

  it("is abandoned in the last third of the aggregator's turn, and its bond is its own", async () => {
    const { terms } = await readProject(market.of("owner"), market.projectId);
    const { revealClosesAt } = await readRound(market.of("owner"), market.projectId);
    const engine = await engineOf();

    await passTo(revealClosesAt + 1);
    await engine.step();
    expect(events).toContainEqual(
      expect.objectContaining({ type: "waiting", for: "the referee's keys" }),
    );
    expect((await readRound(market.of("owner"), market.projectId)).isOpen).toBe(true);

    await passTo(revealClosesAt + Math.ceil((terms.settleSeconds * 3) / 4));
    await engine.step();

    expect(events).toContainEqual(expect.objectContaining({ type: "round-abandoned" }));
    expect(await readVoidedRounds(market.of("owner"), market.projectId)).toMatchObject([
      { roundIndex: 0, reason: "abandoned" },
    ]);
    expect(await bondOf()).toBe(BOND_WEI);
  });

  it("is abandoned when what it needs comes too late to prove it, and the work for it ends", async () => {
    const { terms } = await readProject(market.of("owner"), market.projectId);
    const { revealClosesAt } = await readRound(market.of("owner"), market.projectId);
    const sender = market.of("trainer-1").account as string;
    const engine = await engineOf(
      { listKeys: () => [{ sender, kind: "update", contentKey: `0x${"01".repeat(32)}` }] },
      // As slow as a large proof: a bundle that never comes to its end.
      { contentStore: { pin: nobodyHasIt, get: () => new Promise(() => {}) } },
    );

    // A sixth of the turn is kept.
    await passTo(revealClosesAt + Math.ceil((terms.settleSeconds * 5) / 6) - 2);
    await engine.step();

    expect(events).toContainEqual(
      expect.objectContaining({ type: "round-abandoned", reason: ABANDON_REASONS.noTimeLeft }),
    );
    expect(await readVoidedRounds(market.of("owner"), market.projectId)).toMatchObject([
      { roundIndex: 0, reason: "abandoned", detail: 4 },
    ]);
    expect(await bondOf()).toBe(BOND_WEI);
  });

  it("is not opened while the project's files are hidden", async () => {
    const { terms, modelCommitment } = await readProject(market.of("owner"), market.projectId);
    const { revealClosesAt } = await readRound(market.of("owner"), market.projectId);
    const references = {
      modelCommitment: { x: `${modelCommitment.x}`, y: `${modelCommitment.y}` },
      ...{ reference: { x: "1", y: "2" }, referenceBundleCid: "b", signature: "0x" },
    };
    const engine = await engineOf({ findReferences: () => references });
    await passTo(revealClosesAt + Math.ceil((terms.settleSeconds * 3) / 4));
    await engine.step();

    await engine.step();

    expect(events.at(-1)).toMatchObject({
      type: "waiting",
      for: "the project's manifest and model",
    });
    expect((await readRound(market.of("owner"), market.projectId)).isOpen).toBe(false);
  });

  it("costs the bond of who sleeps through its turn", async () => {
    const { terms } = await readProject(market.of("owner"), market.projectId);
    const { revealClosesAt } = await readRound(market.of("owner"), market.projectId);
    const engine = await engineOf();

    await passTo(revealClosesAt + terms.settleSeconds + 1);
    await engine.step();

    expect(events).toContainEqual(expect.objectContaining({ type: "poked" }));
    expect(await bondOf()).toBe(0n);
  });
});
