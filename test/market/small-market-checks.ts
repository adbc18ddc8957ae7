import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interface } from "ethers";
import { expect } from "vitest";
import { findEvents } from "../../services/adapters/chain/project-events.ts";
import { readClaim } from "../../services/adapters/chain/projects/participant.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { readVoidedRounds } from "../../services/adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { readBalance } from "../../services/adapters/chain/tokens/token.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import { type FaultyRpc, type RpcFault, startFaultyRpc } from "./faulty-rpc.ts";
import { type SmallMarket, type SmallMarketEvent, startSmallMarket } from "./small-market.ts";

/** Together one request in seven fails. */
const FAULTS: Partial<Record<RpcFault, number>> = {
  drop: 0.03,
  "lose-answer": 0.03,
  delay: 0.02,
  "too-many": 0.02,
  "server-error": 0.02,
  "old-block": 0.03,
};

/** A small market under test, with whoever listens to it. */
export interface TestedMarket extends SmallMarket {
  readonly rpc: FaultyRpc | undefined;
  /** Calls for every event from now on; what the listener rejects with fails the test. */
  onEvent(listener: (event: SmallMarketEvent) => unknown): void;
}

/** Runs `work` on a small market and cleans up; prints what was said last when it fails. */
export async function withSmallMarket(
  options: Omit<Parameters<typeof startSmallMarket>[0], "folder" | "onEvent" | "aggregatorRpc"> & {
    readonly faults?: boolean;
    readonly seed?: number;
    /** Where everybody's state lies; a temporary folder by default. */
    readonly folder?: string;
    /** Fails with what was said last, which a test's own timeout would hide. */
    readonly longestMs: number;
  },
  work: (market: TestedMarket) => Promise<void>,
): Promise<void> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "commonweight small "));
  const listeners: ((event: SmallMarketEvent) => unknown)[] = [];
  let rpc: FaultyRpc | undefined;
  let failure: unknown;
  const market = await startSmallMarket({
    ...options,
    folder,
    onEvent: (event) => {
      for (const listener of listeners) {
        Promise.resolve(listener(event)).catch((error: unknown) => {
          failure ??= error;
        });
      }
    },
    ...(options.faults
      ? {
          aggregatorRpc: async ({ rpcUrl }: { rpcUrl: string }) => {
            rpc = await startFaultyRpc({ target: rpcUrl, seed: options.seed ?? 1 });
            return rpc.url;
          },
        }
      : {}),
  });
  try {
    rpc?.setFaults(FAULTS);
    const late = AbortSignal.timeout(options.longestMs);
    await Promise.race([
      work({ ...market, rpc, onEvent: (listener) => listeners.push(listener) }),
      new Promise((_, reject) => late.addEventListener("abort", () => reject(late.reason))),
    ]);
    if (failure !== undefined) throw failure;
  } catch (error) {
    const said = market.events
      .slice(-60)
      .map((event) =>
        JSON.stringify(event, (_, each) => (typeof each === "bigint" ? String(each) : each)).slice(
          0,
          240,
        ),
      );
    console.error(said.join("\n"));
    throw error;
  } finally {
    rpc?.setFaults({});
    await market.stop();
    await rpc?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The market's functions that a transaction calls: several by `multicall`. */
function calledIn(market: Interface, data: string): string[] {
  const parsed = market.parseTransaction({ data });
  if (parsed?.name !== "multicall") return [parsed?.name ?? "other"];
  return [...parsed.args[0]].flatMap((call: string) => calledIn(market, call));
}

/** What an account sent, and how it ended: from the chain's blocks, not from anybody's memory. */
export async function describeAccount({ chain }: SmallMarket, account: string) {
  const perMethod: Record<string, number> = {};
  const sent: { readonly calls: readonly string[]; readonly gasUsed: bigint }[] = [];
  let failed = 0;
  const last = await chain.provider.getBlockNumber();
  for (let number = 0; number <= last; number++) {
    const block = await chain.provider.getBlock(number, true);
    for (const transaction of block?.prefetchedTransactions ?? []) {
      if (transaction.from.toLowerCase() !== account.toLowerCase()) continue;
      const receipt = await chain.provider.getTransactionReceipt(transaction.hash);
      if (receipt?.status !== 1) failed++;
      else {
        const calls = calledIn(chain.market.interface, transaction.data);
        for (const name of calls) perMethod[name] = (perMethod[name] ?? 0) + 1;
        sent.push({ calls, gasUsed: receipt.gasUsed });
      }
    }
  }
  return { perMethod, sent, failed };
}

/** Every round was settled once, and every wei of the escrow is with a payee, the owner or still claimable. */
export async function expectAccounted(market: SmallMarket): Promise<void> {
  const { chain, addresses, projectIds, trainers } = market;
  for (const projectId of projectIds) {
    const project = await readProject(chain, projectId);
    const settlements = await readSettlements(chain, projectId);
    const rounds = settlements.map(({ roundIndex }) => roundIndex);
    expect(new Set(rounds).size).toBe(rounds.length);
    for (const { budgetWei, paidWei, earningsWei } of settlements) {
      expect(earningsWei.reduce((sum, each) => sum + each, 0n)).toBe(paidWei);
      expect(paidWei).toBeLessThanOrEqual(budgetWei);
    }
    expect(project.escrowWei).toBe(0n);
    const ended = await findEvents(chain, "ProjectEnded", [projectId]);
    expect(ended).toHaveLength(1);
  }
  const payees = [...trainers, ...market.aggregators.map(({ account }) => account)];
  const claims = await Promise.all(
    payees.map((payee) => readClaim(chain, addresses.wrappedNative, payee)),
  );
  const held = await readBalance(chain, addresses.wrappedNative, addresses.vault);
  expect(held).toBe(claims.reduce((sum, each) => sum + each, 0n));
}

/** Every round was applied by its first opening, with every update of every trainer. */
export async function expectNothingLost(market: TestedMarket, rounds: number): Promise<void> {
  const project = await market.ended;
  const settlements = await readSettlements(market.chain, market.projectId);
  const verdicts = settlements.flatMap(({ outcomeWords, trainers }) =>
    unpackOutcome(outcomeWords, 8).verdicts.slice(0, trainers.length),
  );
  const { perMethod } = await describeAccount(market, market.aggregators[0]?.account ?? "");
  expect(project.appliedRounds).toBe(rounds);
  expect(await readVoidedRounds(market.chain, market.projectId)).toEqual([]);
  expect(verdicts).toEqual(new Array(rounds * market.trainers.length).fill("accepted"));
  expect(perMethod).toMatchObject({ openRound: rounds, settleRound: rounds });
  await expectAccounted(market);
}
