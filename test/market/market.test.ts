import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSettlements } from "../../services/adapters/chain/history.ts";
import { readParticipant } from "../../services/adapters/chain/participant.ts";
import type { Project } from "../../services/adapters/chain/project.ts";
import { readBalance } from "../../services/adapters/chain/token.ts";
import { type Market, type MarketEvent, startMarket } from "../../services/market/market.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import { unpackOutcome } from "../../services/protocol/public-signals.ts";

/** A short run of exactly what `npm start` does: real processes, proofs, chain, IPFS and payments. */
describe("the market on a laptop", () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight market "));
  const stopping = new AbortController();
  const events: MarketEvent[] = [];
  let market: Market;
  let project: Project;

  beforeAll(async () => {
    market = await startMarket(
      {
        ...defaultMarketOptions,
        rounds: 2,
        trainers: 5,
        model: "logistic",
        slots: 8,
        samples: 2000,
        hasCrash: false,
        port: 0,
        stateFolder: join(folder, "market"),
        signal: stopping.signal,
      },
      (event) => events.push(event),
    );
    project = await market.ended;
  }, 600_000);

  afterAll(async () => {
    await market?.stop();
    stopping.abort();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it("applies every round and moves the model's commitment", () => {
    expect(project.appliedRounds).toBe(2);
    expect(project.phase).toBe("ended");
  });

  it("pays honest trainers, the sign flipper nothing, and the copycat nothing once there is something to copy", async () => {
    const settlements = await readSettlements(market.chain, market.projectId);
    const earned = new Map<string, bigint>();
    for (const { trainers, earningsWei } of settlements) {
      trainers.forEach((trainer, index) => {
        earned.set(trainer, (earned.get(trainer) ?? 0n) + (earningsWei[index] as bigint));
      });
    }
    for (const { address, attack } of market.trainers) {
      if (attack === undefined) expect(earned.get(address)).toBeGreaterThan(0n);
      if (attack === "sign-flip") expect(earned.get(address)).toBe(0n);
    }
    const last = settlements.at(-1);
    const copycat = market.trainers.find(({ attack }) => attack === "stale-replay");
    const index = last?.trainers.indexOf(copycat?.address ?? "") ?? -1;
    expect(index).toBeGreaterThanOrEqual(0);
    const { verdicts } = unpackOutcome(last?.outcomeWords ?? [], project.terms.slots);
    expect(verdicts[index]).toBe("stale-copy");
    expect(last?.earningsWei[index]).toBe(0n);
  });

  it("learns: the final model is far better than the initial one", () => {
    const accuracies = events
      .filter(({ type }) => type === "evaluated")
      .map((each) => each.accuracy);
    expect(Number(accuracies[0])).toBeLessThan(0.2);
    expect(Number(accuracies.at(-1))).toBeGreaterThan(0.5);
  });

  it("accounts for every wei: what the vault held went to payees and back to the owner", async () => {
    const { chain, addresses } = market;
    expect(project.escrowWei).toBe(0n);
    const claims = await Promise.all(
      market.trainers.map(({ address }) =>
        chain.vault.getFunction("claimOf").staticCall(addresses.wrappedNative, address),
      ),
    );
    const held = await readBalance(chain, addresses.wrappedNative, addresses.vault);
    expect(held).toBe(claims.reduce((sum: bigint, claim) => sum + (claim as bigint), 0n));
  });

  it("answers the requests of docs/aggregator.md", () => {
    const page = readFileSync(new URL("../../docs/aggregator.md", import.meta.url), "utf8");
    const block = /```sh test=test\/market\/market\.test\.ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const commands = block.trim().split("\n");

    const answers = commands.map((command) =>
      execFileSync("sh", ["-c", command], {
        env: { ...process.env, AGGREGATOR: market.webUrl },
        encoding: "utf8",
      }),
    );

    expect(commands.length).toBeGreaterThanOrEqual(8);
    expect(JSON.parse(answers[0] ?? "")).toMatchObject({ status: "ok" });
    expect(answers.at(-2)).toMatch(/commonweight_events_total\{type="round-settled"\} 2/);
    expect(JSON.parse(answers.at(-1) ?? "")).toMatchObject({
      report: { roundIndex: 0, isVoid: false },
    });
  });

  it("raises the reliability of honest trainers above that of the attackers", async () => {
    const reliabilityOf = async (address: string) =>
      (await readParticipant(market.chain, address)).reliability;
    const honest = market.trainers.filter(({ attack }) => attack === undefined);
    const flipper = market.trainers.find(({ attack }) => attack === "sign-flip");
    const worst = await reliabilityOf(flipper?.address ?? "");
    for (const { address } of honest) expect(await reliabilityOf(address)).toBeGreaterThan(worst);
  });
});
