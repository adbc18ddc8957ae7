import { describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import type { Round } from "../../services/adapters/chain/rounds/round.ts";
import { describeBalance, watchTransaction } from "../../services/aggregator/account-watch.ts";
import { Alerts, balanceAlert, deadlineAlert } from "../../services/aggregator/alerts.ts";
import { createMetrics } from "../../services/aggregator/metrics.ts";

describe("alerts", () => {
  it("are said when they begin and when they are over, and not in between", () => {
    const said: unknown[] = [];
    const alerts = new Alerts(({ type, kind, message }) => said.push([type, kind, message]));

    alerts.set("chain", "", undefined);
    alerts.set("chain", "", "away");
    alerts.set("chain", "", "still away");
    expect(alerts.list()).toMatchObject([{ kind: "chain", message: "still away" }]);
    alerts.set("chain", "", undefined);

    expect(alerts.list()).toEqual([]);
    expect(said).toEqual([
      ["alert", "chain", "away"],
      ["alert-over", "chain", undefined],
    ]);
  });

  it("are counted by kind for a monitoring system", async () => {
    const metrics = createMetrics();
    const alerts = new Alerts((event) => metrics.record(event));

    alerts.set("deadline", "project 1", "late");
    alerts.set("deadline", "project 2", "late, too");
    alerts.set("chain", "", "away");
    alerts.set("deadline", "project 1", undefined);

    const text = await metrics.text();
    expect(text).toMatch(/^commonweight_alerts\{kind="deadline"\} 1$/m);
    expect(text).toMatch(/^commonweight_alerts\{kind="chain"\} 1$/m);
  });

  it("stand for a transaction from when it is stuck to its end", () => {
    const alerts = new Alerts(() => {});
    const event = { purpose: "settle/1/0", nonce: 4, hash: "0x" } as const;

    watchTransaction({ ...event, type: "transaction-replaced" }, alerts);
    expect(alerts.list()).toEqual([]);
    watchTransaction({ ...event, type: "transaction-stuck" }, alerts);
    expect(alerts.list()).toMatchObject([{ kind: "transaction", subject: "settle/1/0" }]);
    watchTransaction({ ...event, type: "transaction-replaced" }, alerts);
    expect(alerts.list()).toHaveLength(1);
    watchTransaction({ ...event, type: "transaction-ended" }, alerts);
    expect(alerts.list()).toEqual([]);
  });

  it("come when the balance is below twenty rounds", () => {
    expect(balanceAlert(40_000_000n, 1n)).toBeUndefined();
    expect(balanceAlert(39_999_999n, 1n)).toMatch(/about 19 rounds/);
    expect(balanceAlert(0n, 0n)).toBeUndefined();
  });

  const terms = { aggregators: ["a", "b"], openSeconds: 30, settleSeconds: 60 };
  const project = (phase: string) =>
    ({ terms, phase, aggregatorIndex: 0, phaseEndsAt: 1060 }) as unknown as Project;
  const round = { roundIndex: 4, revealClosesAt: 1000 } as Round;

  it("come in the last third of a window, for the aggregator whose window it is", () => {
    // The first window for settling ends at 1060, the second at 1120.
    expect(deadlineAlert(project("settle"), round, 0, { time: 1039 })).toBeUndefined();
    expect(deadlineAlert(project("settle"), round, 0, { time: 1040 })).toMatch(/round 4 .* 20 s/);
    expect(deadlineAlert(project("settle"), round, 1, { time: 1040 })).toBeUndefined();
    expect(deadlineAlert(project("settle"), round, 1, { time: 1100 })).toMatch(/20 s/);
    // The first window for opening ends at 1030.
    expect(deadlineAlert(project("idle"), round, 0, { time: 1019 })).toBeUndefined();
    expect(deadlineAlert(project("idle"), round, 0, { time: 1020 })).toMatch(/10 s/);
    expect(deadlineAlert(project("commit"), round, 0, { time: 1059 })).toBeUndefined();
  });
});

it("a doctor says the balance, or what it does not last for", async () => {
  const chainWith = (balanceWei: bigint) =>
    ({
      account: "0x12",
      provider: {
        getBalance: async () => balanceWei,
        getBlock: async () => ({ baseFeePerGas: 10n ** 9n }),
        getFeeData: async () => ({ maxPriorityFeePerGas: 0n }),
      },
    }) as unknown as Chain;

  await expect(describeBalance(chainWith(10n ** 20n))).resolves.toMatch(/^1000+ wei/);
  await expect(describeBalance(chainWith(1n))).rejects.toMatchObject({
    code: "CW5011",
    message: expect.stringContaining("1 wei"),
  });
});
