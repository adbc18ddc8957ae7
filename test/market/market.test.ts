import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readParticipant } from "../../services/adapters/chain/projects/participant.ts";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readOpenings } from "../../services/adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { readBalance } from "../../services/adapters/chain/tokens/token.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { openVerifierCurve } from "../../services/adapters/curve/open-verifier-curve.ts";
import { openRuleVerifier } from "../../services/adapters/snark/verify-rule.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import { auditRound } from "../../services/auditor/audit-round.ts";
import { readChainSetup } from "../../services/auditor/evidence/chain-setup.ts";
import { collectEvidence } from "../../services/auditor/evidence/collect-evidence.ts";
import type { RoundEvidence } from "../../services/auditor/evidence/round-evidence.ts";
import { auditText } from "../../services/auditor/report/audit-text.ts";
import { type Market, startMarket } from "../../services/market/market.ts";
import type { MarketEvent } from "../../services/market/market-event.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import { lieTo } from "./told-lies.ts";

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
  });

  it("applies every round and moves the model's commitment", () => {
    expect(project.appliedRounds).toBe(2);
    expect(project.phase).toBe("ended");
  });

  it("opens the second round in the transaction that settles the first", async () => {
    const [openings, settlements] = await Promise.all([
      readOpenings(market.chain, market.projectId),
      readSettlements(market.chain, market.projectId),
    ]);
    expect(openings.map(({ roundIndex }) => roundIndex)).toEqual([0, 1]);
    expect(openings[1]?.transactionHash).toBe(settlements[0]?.transactionHash);
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

  it("is audited from the chain and IPFS alone, and every check passes", async () => {
    const { chain, projectId, webUrl } = market;
    const contentStore = createGatewayStore({ urls: [webUrl] });
    const audit = await auditProject({ chain, projectId, contentStore });
    const checks = [...audit.checks, ...audit.rounds.flatMap((round) => round.checks)];
    expect(checks.filter(({ isPassed }) => isPassed !== true)).toEqual([]);
    expect(audit.rounds).toHaveLength(2);
    expect(audit.isPassed).toBe(true);
  });

  it("is audited at an older block, and the round that ended later is named as not looked at", async () => {
    const { chain, projectId } = market;
    const [first, second] = await readSettlements(chain, projectId);
    const block = first?.blockNumber as number;
    const audit = await auditProject({ chain, projectId, block });
    const posted = (await readPosting(chain, projectId)).blockNumber;

    expect(audit.isPassed).toBe(true);
    expect(audit.rounds.map(({ roundIndex }) => roundIndex)).toEqual([0]);
    expect(audit.readAt).toMatchObject({ block, finality: "final" });
    expect(audit.later.rounds).toEqual([1]);
    expect(auditText(audit)).toContain(`not looked at: the end of round 1, after block ${block}`);
    const rounds = audit.checks.find(({ name }) => name === "rounds");
    // The second round opens in the transaction that settles the first.
    expect(rounds?.detail).toBe(
      "2 rounds opened, 1 of them applied, each with one beginning and one end; the last is open",
    );
    await expect(auditProject({ chain, projectId, block, roundIndex: 1 })).rejects.toMatchObject({
      ...{ code: "CW4600", message: expect.stringContaining(`ended after block ${block}`) },
    });
    expect(second?.blockNumber).toBeGreaterThan(block);
    await expect(auditProject({ chain, projectId, block: posted - 1 })).rejects.toMatchObject({
      code: "CW4606",
    });
  });

  it("is not audited through a node that lies without a word: a sample of lies.long.test.ts", async () => {
    const { chain, projectId, rpcUrl } = market;
    const [first] = await readSettlements(chain, projectId);
    const olderBlock = first?.blockNumber as number;
    const lied = await lieTo({ rpcUrl, addresses: chain.addresses, projectId, olderBlock });

    for (const [kind, noticedBy] of Object.entries({
      "eth_chainId another": "CW2205",
      "eth_getCode first byte": "contracts",
      "eth_call potOf.amountWei": "escrow",
      "eth_call getProject.[].appliedRounds": "rounds",
      "eth_getTransactionByHash settleRound.request.proof.gram.a": "Gram proof",
      "eth_getTransactionByHash is null": "CW2207",
      "eth_getLogs RoundSettled.paidWei": "payouts",
      "eth_getLogs ModelPublished left out": "rounds",
      "eth_getLogs Paid.payee": "payees",
      "eth_getLogs UpdatesSubmitted.updates.hash": "submissions",
    })) {
      const lie = lied.lies.find((each) => each.kind === kind);
      const fate = lie && (await lied.audit(lie));
      expect(fate, kind).toEqual({ noticedBy: expect.stringContaining(noticedBy) });
    }
    await lied.stop();
  });

  it("fails the audit for whatever is changed afterwards, and names it", async () => {
    const { chain, projectId } = market;
    const { rounds, ruleId, slots } = await collectEvidence(chain, projectId, { roundIndex: 1 });
    const evidence = rounds[0]?.evidence as RoundEvidence;
    const { verifyingKey, tauG2 } = await readChainSetup(chain, ruleId, slots);
    const verify = await openRuleVerifier();
    await using curve = await openVerifierCurve({ tauG2 });
    const failures = async (changed: Partial<RoundEvidence>) => {
      const { checks } = await auditRound(
        { ...evidence, ...changed },
        { curve, verifyRule: (proof) => verify({ ...proof, verifyingKey }) },
      );
      return checks.filter(({ isPassed }) => isPassed === false).map(({ name }) => name);
    };
    const { settlement, submissions, request } = evidence;
    const flipped = settlement.outcomeWords.map((word) => word ^ 1n);
    const [first, second, ...rest] = settlement.earningsWei as bigint[];
    const moved = [(first ?? 0n) + 1n, (second ?? 0n) - 1n, ...rest];

    expect(await failures({})).toEqual([]);
    expect(await failures({ settlement: { ...settlement, earningsWei: moved } })).toEqual([
      "payouts",
    ]);
    expect(await failures({ settlement: { ...settlement, outcomeWords: flipped } })).toEqual(
      expect.arrayContaining(["rule proof", "outcome"]),
    );
    const { aggregators } = project.terms;
    const standby = aggregators.find((each) => each !== settlement.settledBy) as string;
    expect(await failures({ settlement: { ...settlement, settledBy: standby } })).toEqual([
      "Gram proof",
      "rule proof",
    ]);
    expect(await failures({ submissions: submissions.slice(1) })).toContain("submissions");
    expect(await failures({ modelCommitment: request.reference })).toEqual(
      expect.arrayContaining(["Gram proof", "model"]),
    );
    expect(await failures({ published: null })).toEqual(["model"]);
    expect(await failures({ expectedBudgetWei: settlement.budgetWei + 1n })).toEqual(["budget"]);
  });

  // The last one: it stops the market.
  it("takes no more memory than it says, and leaves no process and no port behind", async () => {
    const processes = () =>
      execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" })
        .split("\n")
        .filter((args) => args.includes(folder));
    const answers = async () =>
      Promise.all(
        [market.rpcUrl, market.webUrl].map((url) =>
          fetch(url).then(
            () => true,
            () => false,
          ),
        ),
      );
    // Chain, two aggregators, the referee; trainers end with their project.
    expect(processes().length).toBeGreaterThanOrEqual(3);
    expect(await answers()).toEqual([true, true]);
    if (process.platform === "linux") {
      expect(market.peakMemoryMb()).toBeGreaterThan(500);
      expect(market.peakMemoryMb()).toBeLessThan(6000);
    }

    await market.stop();

    expect(processes()).toEqual([]);
    expect(await answers()).toEqual([false, false]);
  });
});
