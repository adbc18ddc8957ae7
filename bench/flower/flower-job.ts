import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeNpz } from "../../services/adapters/model-export/numpy.ts";
import type { Dataset } from "../../services/learning/data/dataset.ts";
import { modelTensors } from "../../services/learning/model-spec.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { type MarketOptions, marketManifest } from "../../services/market/market-plan.ts";
import type { TimedEvent } from "../market/phase-times.ts";

/** What the app has left in its folder. */
export interface FlowerResult {
  /** When the start and then each round's model was there, seconds since 1970. */
  readonly modelTimes: readonly number[];
  /** What the trainers did, as a market's events say it. */
  readonly events: readonly TimedEvent[];
  /** Parameters after each round. */
  readonly models: readonly Float32Array[];
}

/** Writes what the app of this folder reads: the job, the model that it starts from, and the samples of each trainer. */
export async function writeFlowerJob(
  folder: string,
  options: MarketOptions,
  parts: readonly Dataset[],
): Promise<void> {
  const { rounds, trainers } = options;
  const { model, training } = marketManifest(options);
  const parameters = initialiseParameters(model);
  const start = modelTensors(model).map(({ name, shape, offset, length }) => {
    return { name, shape, values: parameters.slice(offset, offset + length) };
  });
  const job = { rounds, trainers, training, tensors: start.map(({ name }) => name) };
  writeFileSync(join(folder, "job.json"), JSON.stringify(job));
  writeFileSync(join(folder, "start.npz"), encodeNpz(start));
  for (const [index, part] of parts.entries()) {
    writeFileSync(join(folder, `trainer-${index}.npz`), await samplesOf(part));
  }
}

async function samplesOf(part: Dataset): Promise<Uint8Array> {
  const all = Int32Array.from({ length: part.size }, (_, index) => index);
  const { inputs, labels } = await part.readBatch(all);
  const shape = [part.size, inputs.length / part.size];
  return encodeNpz([
    { name: "x", shape, values: Float32Array.from(inputs) },
    { name: "y", shape: [part.size], values: Int32Array.from(labels) },
  ]);
}

/** Reads what the app has left. @throws {Error} when a training did not come to its end: Flower averages without it */
export function readFlowerResult(folder: string, options: MarketOptions): FlowerResult {
  const { rounds, trainers } = options;
  const events = readdirSync(folder)
    .filter((name) => name.endsWith(".times"))
    .flatMap((process) =>
      readFileSync(join(folder, process), "utf8")
        .trim()
        .split("\n")
        .flatMap((line) => {
          const [from = 0, to = 0] = line.split(" ").map((seconds) => 1000 * Number(seconds));
          return [
            { process, type: "training", ms: from },
            { process, type: "trained", ms: to },
          ];
        }),
    );
  if (events.length !== 2 * rounds * trainers) {
    throw new Error(`${events.length / 2} of ${rounds * trainers} trainings came to an end`);
  }
  const models = Array.from({ length: rounds }, (_, round) => {
    const bytes = readFileSync(join(folder, `round-${round + 1}.f32`));
    return new Float32Array(new Uint8Array(bytes).buffer);
  });
  const modelTimes = JSON.parse(readFileSync(join(folder, "rounds.json"), "utf8")) as number[];
  return { modelTimes, events, models };
}
