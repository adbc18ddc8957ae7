import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../scripts/script-arguments.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { type MarketOptions, marketManifest } from "../../services/market/market-plan.ts";
import { phaseTimes } from "../market/phase-times.ts";
import { openTrainerParts } from "../market/trainer-parts.ts";
import { type FlowerRuntime, startFederation } from "./federation.ts";
import { readFlowerResult, writeFlowerJob } from "./flower-job.ts";

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
 * @param python The interpreter of an environment with `flwr[simulation]` and `numpy`.
 */
export async function runFlower(
  options: MarketOptions,
  python: string,
  runtime: FlowerRuntime,
): Promise<FlowerRun> {
  const { model } = marketManifest(options);
  const folder = mkdtempSync(join(tmpdir(), "commonweight-flower-"));
  try {
    const { parts, test } = await openTrainerParts(options);
    await writeFlowerJob(folder, options, parts);
    const federation = await startFederation({
      ...{ runtime, python, folder },
      trainers: options.trainers,
    });
    const startedAt = Date.now() / 1000;
    try {
      await federation.run();
    } finally {
      await federation.stop();
    }
    const { modelTimes, events, models } = readFlowerResult(folder, options);
    const [begun, ended] = [modelTimes[0] as number, modelTimes.at(-1) as number];
    const accuracies: number[] = [];
    for (const parameters of models) {
      accuracies.push((await evaluate({ model, parameters, dataset: test })).accuracy);
    }
    return {
      ...{ version: versionOf(python), runtime, accuracies },
      seconds: ended - startedAt,
      roundSeconds: ended - begun,
      trainingSeconds:
        phaseTimes(events, { fromMs: 1000 * begun, toMs: 1000 * ended }).training / 1000,
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

function versionOf(python: string): string {
  const code = "import flwr; print(flwr.__version__)";
  return execFileSync(python, ["-c", code], { encoding: "utf8" }).trim();
}
