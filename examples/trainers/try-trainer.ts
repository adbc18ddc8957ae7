/**
 * Tries a trainer's program outside of any project: writes a job for a small model, runs the program on MNIST, reads
 * its result as a worker would, and measures the accuracy before and after.
 *
 *   npm run try-trainer -- [--model logistic|mlp|cnn] "python3 $PWD/examples/trainers/pytorch/train.py"
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mnistFolder, readMnist } from "../../services/learning/data/mnist.ts";
import { seenAs } from "../../services/learning/data/reshape-to-model.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { trainExternally } from "../../services/learning/training/train-externally.ts";
import { defaultMarketOptions, marketManifest } from "../../services/market/market-plan.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

const MODELS = ["logistic", "mlp", "cnn"] as const;
const { values, positionals } = parseArgs({
  options: { model: { type: "string", default: "mlp" } },
  allowPositionals: true,
});
const [command] = positionals;
const kind = MODELS.find((name) => name === values.model);
if (command === undefined || kind === undefined) {
  console.error('usage: npm run try-trainer -- [--model logistic|mlp|cnn] "<command>"');
  process.exit(2);
}

// As the project of `npm start` has them.
const { model, data } = marketManifest({ ...defaultMarketOptions, model: kind, seed: "1" });
const parameters = initialiseParameters(model);
const dataset = seenAs(await readMnist("test"), data.inputShape);
const jobFolder = await mkdtemp(join(tmpdir(), "trainer-job-"));

const before = await evaluate({ model, parameters, dataset });
console.log(`before: accuracy ${before.accuracy}, loss ${before.loss.toFixed(4)}`);

const startedAt = performance.now();
const trained = await trainExternally({
  command,
  jobFolder,
  timeoutMs: 300_000,
  memoryMb: 4000,
  environment: { PATH: process.env.PATH ?? "" },
  onProgress: ({ step, steps, loss }) =>
    console.log(`step ${step}/${steps}, loss ${loss.toFixed(4)}`),
  job: {
    model,
    parameters,
    hyperparameters: { optimiser: "sgd", learningRate: 0.1, batchSize: 32, epochs: 1, steps: 500 },
    dataPath: mnistFolder(),
    data,
    projectId: "0",
    roundIndex: 0,
    seed: "1",
  },
}).catch((error: unknown) => {
  if (!(error instanceof CommonweightError)) throw error;
  const messages = String(error.details.messages ?? "").trimEnd();
  if (messages !== "") console.error(`${messages}\n`);
  console.error(`${error.code}: ${error.message}\n  ${error.hint}\n  The job folder: ${jobFolder}`);
  process.exit(3);
});
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);

const after = await evaluate({ model, parameters: trained.parameters, dataset });
console.log(`after ${seconds} s: accuracy ${after.accuracy}, loss ${after.loss.toFixed(4)}`);
console.log(`metrics reported: ${JSON.stringify(trained.metrics)}`);
