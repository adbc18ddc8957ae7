import type { Dataset } from "../../services/learning/data/dataset.ts";
import { openDataset } from "../../services/learning/data/open-dataset.ts";
import { parseDataSource } from "../../services/learning/data/parse-data-source.ts";
import { projectDataset } from "../../services/learning/data/project-dataset.ts";
import { type MarketOptions, marketManifest } from "../../services/market/market-plan.ts";

/** What the trainers of a market have, and what its owner evaluates on: the same for whoever does the same job otherwise. */
export interface TrainerParts {
  readonly parts: readonly Dataset[];
  readonly test: Dataset;
}

/** Opens the samples of a market's trainers. */
export async function openTrainerParts(options: MarketOptions): Promise<TrainerParts> {
  const { data } = marketManifest(options);
  const { seed, split, samples, trainers } = options;
  const parts = Array.from({ length: trainers }, async (_, index) => {
    const part = `${index + 1}/${trainers}`;
    const source = parseDataSource({ data: "mnist", samples, part, split, seed });
    return projectDataset(await openDataset(source), data);
  });
  const test = await openDataset(parseDataSource({ data: "mnist:test", seed }));
  return { parts: await Promise.all(parts), test: projectDataset(test, data) };
}
