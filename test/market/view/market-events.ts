import type { MarketOptions } from "../../../services/market/market-plan.ts";
import { defaultMarketOptions } from "../../../services/market/market-plan.ts";
import {
  initialMarketState,
  type MarketState,
  reduceMarket,
  type TimedEvent,
} from "../../../services/market/view/market-state.ts";

/** A short story of a market as its processes tell it, numbers as text because they came as JSON. */
export const options: MarketOptions = {
  ...defaultMarketOptions,
  rounds: 3,
  trainers: 3,
  attackers: ["sign-flip"],
};

type Told = readonly [process: string, type: string, details?: Readonly<Record<string, unknown>>];

const start: readonly Told[] = [
  ["chain", "chain-ready", { rpcUrl: "http://127.0.0.1:1" }],
  ["chain", "deployed"],
  ["aggregator", "ready", { url: "http://127.0.0.1:8600" }],
  ["owner", "project-posted", { projectId: 1n, escrowWei: 3_000_000_000_000_000_000n }],
  ["trainer-1", "joined"],
  ["trainer-2", "joined"],
  ["trainer-3", "joined"],
  ["referee", "evaluated", { version: 0, accuracy: 0.087 }],
];

/** A round until it is being proven. */
export const provingRound = (roundIndex: number): readonly Told[] => [
  ["aggregator", "round-opened", { roundIndex, gasUsed: "150000" }],
  ...["trainer-1", "trainer-2", "trainer-3"].flatMap((name): Told[] => [
    [name, "training", { roundIndex }],
    [name, "trained", { roundIndex }],
    [name, "sealed", { roundIndex, bytes: 10_000 }],
  ]),
  ...["trainer-1", "trainer-2", "trainer-3"].map(
    (name): Told => [name, "key-released", { roundIndex }],
  ),
  ["aggregator", "proving", { roundIndex, readable: 3 }],
  [
    "aggregator",
    "proof-progress",
    { roundIndex, fraction: 0.5, step: "multi-scalar multiplication" },
  ],
];

/** The rest of it. */
export const settledRound = (roundIndex: number, accuracy: number): readonly Told[] => [
  ["aggregator", "proven", { roundIndex, seconds: 5.9 }],
  ["aggregator", "round-settled", { roundIndex, gasUsed: "600000" }],
  [
    "chain",
    "settled",
    {
      roundIndex,
      paidWei: 900_000_000_000_000_000n,
      names: ["trainer-1", "trainer-2", "trainer-3"],
      earningsWei: [500_000_000_000_000_000n, 400_000_000_000_000_000n, 0n],
    },
  ],
  ["chain", "model", { roundIndex, version: roundIndex + 1 }],
  ["trainer-1", "outcome", { roundIndex, verdict: "accepted", earnedWei: "500000000000000000" }],
  ["trainer-2", "outcome", { roundIndex, verdict: "accepted", earnedWei: "400000000000000000" }],
  ["trainer-3", "outcome", { roundIndex, verdict: "against-reference", earnedWei: "0" }],
  ["referee", "evaluated", { version: roundIndex + 1, accuracy }],
];

/** The state stateAfter the start and what is told then; a second passes with each event. */
export function stateAfter(...told: readonly (readonly Told[])[]): MarketState {
  return [...start, ...told.flat()].reduce(
    (state, [process, type, details], index) =>
      reduceMarket(state, { process, type, ms: 1000 * index, ...details } as TimedEvent),
    initialMarketState(options),
  );
}
