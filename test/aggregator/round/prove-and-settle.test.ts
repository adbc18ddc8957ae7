import { expect, it, vi } from "vitest";
import type { ProveOptions } from "../../../services/aggregator/proving/prover.ts";
import { proveAndSettle } from "../../../services/aggregator/round/prove-and-settle.ts";

const settled = vi.hoisted(() => ({ times: 0 }));
vi.mock("../../../services/adapters/chain/rounds/round.ts", () => ({
  settleRound: async () => {
    settled.times++;
    return { gasUsed: 1n };
  },
}));
vi.mock("../../../services/aggregator/round/settle-round.ts", () => ({
  roundToProve: () => ({ rule: { id: 1 } }),
  exclusionsOf: () => ({}),
  commitmentsOf: () => [],
}));

const outcome = { isVoid: true };
const DECIDED = { outcome };

/** A prover that decides at once and proves when it is told to, or ends when it is not wanted. */
async function settle(confirmed: Promise<boolean>) {
  const said: string[] = [];
  let published = 0;
  const prove = (_job: unknown, { signal, onDecided }: ProveOptions) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("killed")));
      onDecided?.(DECIDED as never);
      const finish = () => resolve({ result: { outcome, proof: {} }, seconds: 1 });
      confirmed.then((isRight) => isRight && finish()).catch(() => undefined);
    });
  const content = {
    ...{ updates: [], submissions: [], opening: { roundIndex: 3 } },
    ...{ project: { modelCommitment: {}, aggregateCommitment: {} } },
  };
  const settlement = await proveAndSettle(
    {
      ...{ prover: { prove }, store: { saveResult: () => undefined }, confirmed },
      signal: new AbortController().signal,
      contentStore: { put: async () => `cid-${++published}` },
      onSettling: () => {},
      emit: (type: string) => said.push(type),
    } as never,
    { project: content.project, round: { roundIndex: 3 }, content } as never,
  );
  return { settlement, said, published };
}

it("settles once what was opened is confirmed", async () => {
  settled.times = 0;
  const { settlement, said, published } = await settle(Promise.resolve(true));

  expect(settlement).toEqual({ receipt: { gasUsed: 1n }, isNextOpen: false });
  expect(said).toEqual(["proving", "proven"]);
  expect([settled.times, published]).toEqual([1, 1]);
});

it("ends the proof, publishes and settles nothing when something opened was wrong", async () => {
  settled.times = 0;
  const { settlement, said, published } = await settle(Promise.resolve(false));

  expect(settlement).toBeUndefined();
  expect(said).toEqual(["proving"]);
  expect([settled.times, published]).toEqual([0, 0]);
});

it("says what kept the openings from being checked", async () => {
  const failing = Promise.reject(new Error("no memory"));
  failing.catch(() => undefined);
  await expect(settle(failing)).rejects.toThrow("no memory");
});
