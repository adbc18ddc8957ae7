import {
  defaultMarketOptions,
  MARKET_MODELS,
  type MarketOptions,
} from "../../services/market/market-plan.ts";
import { choice, count } from "../flags.ts";

/** Flags of every benchmark that runs a market. */
export const HONEST_MARKET_FLAGS = {
  rounds: count("rounds of the project", 10),
  trainers: count("trainers, all honest", 8),
  model: choice("the model", MARKET_MODELS, "mlp"),
  samples: count("samples of MNIST, of all trainers together", defaultMarketOptions.samples),
};

/** A market of honest trainers, with as many slots as they need. */
export function honestMarket(
  values: Pick<MarketOptions, "rounds" | "trainers" | "model" | "samples">,
): MarketOptions {
  const { rounds, trainers, model, samples } = values;
  return {
    ...defaultMarketOptions,
    ...{ rounds, trainers, model, samples },
    slots: trainers > 5 ? 16 : 8,
    attackers: [],
    hasCrash: false,
  };
}
