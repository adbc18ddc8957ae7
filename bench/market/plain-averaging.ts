import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { trainLocally } from "../../services/learning/training/train-locally.ts";
import { type MarketOptions, marketManifest } from "../../services/market/market-plan.ts";
import { openTrainerParts } from "./trainer-parts.ts";

/** Plain federated averaging: what somebody runs who trusts everybody. */
export interface PlainRun {
  readonly seconds: number;
  /** Of the model after each round, on MNIST's test part. */
  readonly accuracies: readonly number[];
}

/**
 * The market's own training with everything else off: the same model, samples, parts and hyperparameters, all trainers one after
 * another in one process, their models averaged by number of samples (McMahan et al. 2017). No chain, no commitment, no proof, no
 * storage, nobody paid, and an attacker counts as much as anybody.
 */
export async function runPlainAveraging(options: MarketOptions): Promise<PlainRun> {
  const manifest = marketManifest(options);
  const { parts, test } = await openTrainerParts(options);
  const samples = parts.reduce((sum, { size }) => sum + size, 0);
  let parameters = initialiseParameters(manifest.model);
  const accuracies: number[] = [];
  let milliseconds = 0;
  for (let roundIndex = 0; roundIndex < options.rounds; roundIndex++) {
    const startedAt = performance.now();
    const next = new Float32Array(parameters.length);
    for (const [index, dataset] of parts.entries()) {
      const trained = await trainLocally({
        model: manifest.model,
        parameters,
        dataset,
        hyperparameters: manifest.training,
        seed: `${options.seed}/${index}/${roundIndex}`,
        roundIndex,
      });
      const weight = dataset.size / samples;
      trained.parameters.forEach((value, entry) => {
        next[entry] = (next[entry] as number) + weight * value;
      });
    }
    parameters = next;
    milliseconds += performance.now() - startedAt;
    // Outside the clock: the market's owner evaluates beside the next round.
    const { accuracy } = await evaluate({ model: manifest.model, parameters, dataset: test });
    accuracies.push(accuracy);
  }
  return { seconds: milliseconds / 1000, accuracies };
}
