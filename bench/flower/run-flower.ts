import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNpz } from "../../services/adapters/model-export/numpy.ts";
import type { Dataset } from "../../services/learning/data/dataset.ts";
import { modelTensors } from "../../services/learning/model-spec.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { type MarketOptions, marketManifest } from "../../services/market/market-plan.ts";
import { UsageError } from "../flags.ts";
import { openTrainerParts } from "../market/trainer-parts.ts";
import { busySeconds } from "./busy-seconds.ts";
import { type FlowerRuntime, startFederation } from "./federation.ts";

/** What a job took in a Flower federation. */
export interface FlowerRun {
  readonly version: string;
  readonly runtime: FlowerRuntime;
  /** From `flwr run` to the last round's model. */
  readonly seconds: number;
  /** From the beginning of the first round to the last round's model. */
  readonly roundSeconds: number;
  /** While at least one trainer trained. */
  readonly trainingSeconds: number;
  /** Of the model after each round, on MNIST's test part. */
  readonly accuracies: readonly number[];
}

/**
 * The job of a market in Flower (Beutel et al. 2020), with its own federated averaging; the same samples, parts, start and
 * hyperparameters, trained by NumPy. The federation is there before the clock starts, as the market's programs are.
 *
 * @param python The interpreter of an environment with `flwr` and `numpy`.
 */
export async function runFlower(
  options: MarketOptions,
  python: string,
  runtime: FlowerRuntime,
): Promise<FlowerRun> {
  const { model, training } = marketManifest(options);
  const folder = mkdtempSync(join(tmpdir(), "commonweight-flower-"));
  try {
    const { parts, test } = await openTrainerParts(options);
    const parameters = initialiseParameters(model);
    const tensors = modelTensors(model);
    const { rounds, trainers } = options;
    const names = tensors.map(({ name }) => name);
    writeFileSync(
      join(folder, "job.json"),
      JSON.stringify({ rounds, trainers, training, tensors: names }),
    );
    writeFileSync(
      join(folder, "start.npz"),
      encodeNpz(
        tensors.map(({ name, shape, offset, length }) => {
          return { name, shape, values: parameters.slice(offset, offset + length) };
        }),
      ),
    );
    for (const [index, part] of parts.entries()) {
      writeFileSync(join(folder, `trainer-${index}.npz`), await samplesOf(part));
    }
    const federation = await startFederation({ runtime, python, folder, trainers });
    const startedAt = Date.now() / 1000;
    try {
      await federation.run();
    } finally {
      await federation.stop();
    }
    const trainings = readTimes(folder);
    // Its averaging goes on without whoever fails: that would be another job.
    if (trainings.length !== rounds * trainers) {
      throw new Error(`${trainings.length} of ${rounds * trainers} trainings came to an end`);
    }
    const times = JSON.parse(readFileSync(join(folder, "rounds.json"), "utf8")) as number[];
    const [begun, ended] = [times[0] as number, times.at(-1) as number];
    const accuracies: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const bytes = readFileSync(join(folder, `round-${round}.f32`));
      const own = new Float32Array(new Uint8Array(bytes).buffer);
      accuracies.push((await evaluate({ model, parameters: own, dataset: test })).accuracy);
    }
    return {
      version: versionOf(python),
      runtime,
      seconds: ended - startedAt,
      roundSeconds: ended - begun,
      trainingSeconds: busySeconds(trainings),
      accuracies,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws {UsageError} before anything is measured, when that would come to nothing. */
export function requireFlower({ model }: MarketOptions, python: string): void {
  if (model === "cnn") {
    throw new UsageError("--flower trains dense layers: --model logistic or mlp");
  }
  const { status } = spawnSync(python, ["-c", "import flwr, numpy, ray"]);
  if (status !== 0) {
    throw new UsageError(
      `--flower ${python} can't import flwr, numpy and ray: pip install "flwr[simulation]>=1.41" numpy`,
    );
  }
}

async function samplesOf(part: Dataset): Promise<Uint8Array> {
  const { inputs, labels } = await part.readBatch(
    Int32Array.from({ length: part.size }, (_, i) => i),
  );
  const shape = [part.size, inputs.length / part.size];
  return encodeNpz([
    { name: "x", shape, values: Float32Array.from(inputs) },
    { name: "y", shape: [part.size], values: Int32Array.from(labels) },
  ]);
}

/** When each trainer began and ended a training, in seconds. */
function readTimes(folder: string): [number, number][] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".times"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
    .map((line) => line.split(" ").map(Number) as [number, number]);
}

function versionOf(python: string): string {
  const code = "import flwr; print(flwr.__version__)";
  return execFileSync(python, ["-c", code], { encoding: "utf8" }).trim();
}
