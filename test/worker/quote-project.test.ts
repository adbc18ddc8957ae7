import { describe, expect, it } from "vitest";
import type { ListedProject } from "../../services/worker/list-projects.ts";
import { listProjects } from "../../services/worker/list-projects.ts";
import { type QuoteFacts, quoteProject, TRAINER_GAS } from "../../services/worker/quote-project.ts";

const COIN = "0xAa00000000000000000000000000000000000001";
const OTHER = "0xbB00000000000000000000000000000000000002";

const facts = (changes: { perRoundWei?: bigint; selectedChance?: number } = {}): QuoteFacts => ({
  terms: { stakeWei: 500n, rewardToken: COIN },
  wrappedNative: COIN.toLowerCase(),
  record: {
    pay: {
      ...{ basis: "rounds", rounds: 3, selectedChance: 1, acceptedChance: 1, acceptedTrainers: 4 },
      ...{ share: 0.25, acceptedWei: 10n ** 9n, lowWei: 1n, highWei: 2n, perRoundWei: 10n ** 9n },
      ...changes,
    },
    ...{ roundSeconds: 60, roundSecondsFrom: "measured", roundsLeft: 10, perHourWei: 1n },
  },
  effort: { totalSeconds: 36 },
  gasPriceWei: 100n,
  done: { isRegistered: false, isJoined: false },
  isRelayed: false,
  machineHourWei: 0n,
});

describe("a quote", () => {
  it("adds up gas, machine and pay", () => {
    const quote = quoteProject({ ...facts(), machineHourWei: 100_000n });
    const entry = 100n * 535_000n;

    expect(quote.entryGasWei).toBe(entry);
    expect(quote.roundGasWei).toBe(100n * TRAINER_GAS.submit);
    expect(quote.roundMachineWei).toBe(1000n);
    expect(quote.netWei).toBe(10n * (10n ** 9n - quote.roundGasWei - 1000n) - entry);
    expect(quote.breakEven?.afterRounds).toBe(1);
  });

  it("asks no gas a round of somebody who is relayed, and no entry of somebody who is in", () => {
    const done = { isRegistered: true, isJoined: true };
    const quote = quoteProject({ ...facts(), isRelayed: true, done });

    expect(quote.roundGasWei).toBe(0n);
    expect(quote.entryGasWei).toBe(100n * TRAINER_GAS.leave);
  });

  it("breaks even never when a round costs more than it brings", () => {
    const quote = quoteProject(facts({ perRoundWei: 1n }));

    expect(quote.breakEven?.afterRounds).toBeNull();
    expect(quote.netWei).toBeLessThan(0n);
  });

  it("breaks even exactly at the pay that it names", () => {
    const least = quoteProject(facts()).breakEven?.leastPerRoundWei as bigint;

    expect(quoteProject(facts({ perRoundWei: least })).netWei).toBeGreaterThanOrEqual(0n);
    expect(quoteProject(facts({ perRoundWei: least - 1n })).netWei).toBeLessThan(0n);
  });

  it("adds up no different coins", () => {
    const quote = quoteProject({ ...facts(), terms: { stakeWei: 1n, rewardToken: OTHER } });

    expect(quote).toMatchObject({ isComparable: false, netWei: null, breakEven: null });
    expect(quote.entryGasWei).toBeGreaterThan(0n);
  });
});

const listed = (
  projectId: bigint,
  perHourWei: bigint,
  rewardToken = COIN,
  phase = "idle",
): ListedProject =>
  ({
    ...{ projectId, phase, trainerCount: Number(projectId) },
    terms: { rewardToken, budgetPerRoundWei: 1000n - perHourWei },
    record: { perHourWei },
  }) as ListedProject;

describe("a list of projects", () => {
  const projects = [
    listed(1n, 5n),
    listed(2n, 900n, OTHER),
    listed(3n, 7n),
    listed(4n, 9n, COIN, "ended"),
  ];
  const ids = (changes: Partial<Parameters<typeof listProjects>[1]>) =>
    listProjects(projects, {
      order: "pay",
      ...{
        withEnded: false,
        leastBudgetWei: () => 0n,
        leastPerHourWei: () => 0n,
        firstToken: COIN,
      },
      ...changes,
    }).map(({ projectId }) => Number(projectId));

  it("is sorted by pay an hour, the market's own coin first", () => {
    expect(ids({})).toEqual([3, 1, 2]);
    expect(ids({ firstToken: OTHER })).toEqual([2, 3, 1]);
  });

  it("leaves out what pays less than is wanted", () => {
    expect(ids({ leastPerHourWei: () => 6n })).toEqual([3, 2]);
    expect(ids({ leastBudgetWei: () => 994n })).toEqual([1]);
  });

  it("knows other orders, and ended projects", () => {
    expect(ids({ order: "newest", withEnded: true })).toEqual([4, 3, 2, 1]);
    expect(ids({ order: "trainers" })).toEqual([1, 2, 3]);
    expect(ids({ order: "budget" })).toEqual([1, 3, 2]);
  });
});
