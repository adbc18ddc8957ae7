import { openDataset } from "../../services/learning/data/open-dataset.ts";
import { parseDataSource } from "../../services/learning/data/parse-data-source.ts";
import { projectDataset } from "../../services/learning/data/project-dataset.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { trainLocally } from "../../services/learning/training/train-locally.ts";
import { type MarketOptions, marketManifest } from "../../services/market/market-plan.ts";

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
  const parts = await Promise.all(
    Array.from({ length: options.trainers }, (_, index) =>
      openDataset(
        parseDataSource({
          data: "mnist",
          samples: options.samples,
          part: `${index + 1}/${options.trainers}`,
          split: options.split,
          seed: options.seed,
        }),
      ),
    ),
  );
  const datasets = parts.map((part) => projectDataset(part, manifest.data));
  const test = projectDataset(
    await openDataset(parseDataSource({ data: "mnist:test", seed: options.seed })),
    manifest.data,
  );
  const samples = datasets.reduce((sum, { size }) => sum + size, 0);
  let parameters = initialiseParameters(manifest.model);
  const accuracies: number[] = [];
  let milliseconds = 0;
  for (let roundIndex = 0; roundIndex < options.rounds; roundIndex++) {
    const startedAt = performance.now();
    const next = new Float32Array(parameters.length);
    for (const [index, dataset] of datasets.entries()) {
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
