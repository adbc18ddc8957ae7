import { openDataset } from "../services/learning/data/open-dataset.ts";
import { parseDataSource } from "../services/learning/data/parse-data-source.ts";
import { rehearse } from "../services/learning/rehearsal/rehearse.ts";
import {
  defaultMarketOptions,
  MARKET_MODELS,
  marketManifest,
} from "../services/market/market-plan.ts";
import { defineBenchmark } from "./benchmark.ts";
import { choice, count } from "./flags.ts";

/** `npm run bench -- rehearsal [--model logistic] [--runs 3] [--json]`: what `owner rehearse` takes, median of some runs. */
export const benchmark = defineBenchmark({
  title: "an owner's rehearsal: 8 trainers, 10 rounds of MNIST, three of them attackers",
  flags: {
    model: choice("the model", MARKET_MODELS, "logistic"),
    runs: count("runs, of which the median counts", 3),
  },
  async run(values) {
    const options = { ...defaultMarketOptions, model: values.model };
    const data = await openDataset(
      parseDataSource({ data: "mnist", samples: 6000, seed: "bench" }),
    );
    const runs = [];
    for (let run = 0; run < values.runs; run++) {
      const { seconds, finalAccuracy, attackerPayShare, missedShare, falseRemovalShare } =
        await rehearse({
          manifest: marketManifest(options),
          data,
          trainers: 8,
          attackMix: [
            { attack: "sign-flip", trainers: 2 },
            { attack: "label-flip", trainers: 1 },
          ],
          rounds: 10,
          seed: `bench ${run}`,
          partition: { kind: "dirichlet", alpha: 0.5 },
        });
      runs.push({ seconds, finalAccuracy, attackerPayShare, missedShare, falseRemovalShare });
    }
    const sorted = runs.map(({ seconds }) => seconds).sort((one, other) => one - other);
    const result = { model: options.model, medianSeconds: sorted[sorted.length >> 1], runs };
    if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else {
      console.table(runs);
      process.stdout.write(`median ${result.medianSeconds?.toFixed(1)} s\n`);
    }
  },
});
