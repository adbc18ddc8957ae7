import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeNpz } from "../../../services/adapters/model-export/numpy.ts";
import { openDataFiles } from "../../../services/learning/data/open-data-files.ts";
import { projectDataset } from "../../../services/learning/data/project-dataset.ts";
import { multilayerPerceptron } from "../../../services/learning/model-spec.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { trainExternally } from "../../../services/learning/training/train-externally.ts";
import { trainLocally } from "../../../services/learning/training/train-locally.ts";
import { hasPackages, python } from "../../python.ts";

describe.skipIf(!hasPackages("numpy"))(
  "the trainer in NumPy [needs python3 with NumPy, or CW_PYTHON]",
  () => {
    it("takes the same step as ours, on the same arrays", async () => {
      const folder = await mkdtemp(join(tmpdir(), "numpy-trainer-"));
      const dataPath = join(folder, "samples.npz");
      const values = Float32Array.from({ length: 24 }, (_, i) => ((i * 7) % 11) - 3);
      // Called by numbers that are no places.
      const labels = Int32Array.from({ length: 8 }, (_, i) => [5, 9, 2][i % 3] as number);
      await writeFile(
        dataPath,
        encodeNpz([
          { name: "x", shape: [8, 3], values },
          { name: "y", shape: [8], values: labels },
        ]),
      );
      const data = {
        ...{ inputShape: [3], classes: ["2", "5", "9"] },
        normalisation: { mean: [2, 1, 0], deviation: [3, 2, 4] },
      };
      const model = multilayerPerceptron({ features: 3, hidden: [5], classes: 3, seed: "1" });
      const job = {
        ...{
          model,
          parameters: initialiseParameters(model),
          projectId: "7",
          roundIndex: 3,
          seed: "1",
        },
        hyperparameters: { optimiser: "sgd", learningRate: 0.5, batchSize: 8, epochs: 1 } as const,
      };

      const theirs = await trainExternally({
        ...{ command: `${python} "${resolve("examples/trainers/numpy/train.py")}"` },
        ...{ jobFolder: join(folder, "job"), timeoutMs: 120_000, memoryMb: 2000 },
        environment: { PATH: process.env.PATH ?? "" },
        job: { ...job, data, dataPath },
      });
      const dataset = projectDataset(
        await openDataFiles(dataPath, { classes: data.classes }),
        data,
      );
      const ours = await trainLocally({ ...job, dataset });
      await rm(folder, { recursive: true });

      expect(theirs.metrics).toMatchObject({ samples: 8 });
      const differences = ours.parameters.map((each, i) =>
        Math.abs(each - (theirs.parameters[i] as number)),
      );
      const moved = ours.parameters.map((each, i) =>
        Math.abs(each - (job.parameters[i] as number)),
      );
      expect(Math.max(...moved)).toBeGreaterThan(0.01);
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    });
  },
);
