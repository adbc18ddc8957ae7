import { defaultMarketOptions, type MarketOptions } from "../../services/market/market-plan.ts";

/** Flags of every benchmark that runs a market, as `parseArgs` takes them. */
export const HONEST_MARKET_FLAGS = {
  rounds: { type: "string", default: "10" },
  trainers: { type: "string", default: "8" },
  model: { type: "string", default: "mlp" },
  samples: { type: "string", default: String(defaultMarketOptions.samples) },
  json: { type: "boolean", default: false },
} as const;

/** A market of honest trainers, with as many slots as they need. */
export function honestMarket(
  values: Readonly<Record<"rounds" | "trainers" | "model" | "samples", string>>,
): MarketOptions {
  const trainers = Number(values.trainers);
  return {
    ...defaultMarketOptions,
    rounds: Number(values.rounds),
    trainers,
    model: values.model as MarketOptions["model"],
    samples: Number(values.samples),
    slots: trainers > 5 ? 16 : 8,
    attackers: [],
    hasCrash: false,
  };
}
