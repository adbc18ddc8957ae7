import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FLOWER_RUNTIMES } from "../../bench/flower/federation.ts";
import { runFlower } from "../../bench/flower/run-flower.ts";
import { runPlainAveraging } from "../../bench/market/plain-averaging.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";

// The programs of Flower are looked for beside this interpreter.
const python = process.env.CW_FLOWER_PYTHON ?? "";
const hasFlower =
  existsSync(python) && spawnSync(python, ["-c", "import flwr, numpy, ray"]).status === 0;

describe.skipIf(!hasFlower)("the bench's job in Flower [needs CW_FLOWER_PYTHON]", () => {
  it.each(FLOWER_RUNTIMES)(
    "learns as much from the parts of all trainers as plain averaging: %s",
    async (runtime) => {
      const job = {
        rounds: 2,
        trainers: 3,
        samples: 1500,
        model: "logistic" as const,
        split: "iid",
      };
      const options = { ...defaultMarketOptions, ...job };
      const plain = await runPlainAveraging(options);
      const run = await runFlower(options, python, runtime);

      expect(run.accuracies).toHaveLength(2);
      // The same job, its batches in another order.
      for (const [round, accuracy] of run.accuracies.entries()) {
        expect(Math.abs(accuracy - (plain.accuracies[round] as number))).toBeLessThan(0.08);
      }
      expect(run.seconds).toBeGreaterThan(run.roundSeconds);
      expect(run.roundSeconds).toBeGreaterThan(run.trainingSeconds);
      expect(run.trainingSeconds).toBeGreaterThan(0);
    },
    600_000,
  );
});
