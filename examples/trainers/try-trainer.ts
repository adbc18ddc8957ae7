/**
 * Tries a trainer's program outside of any project: writes a job for a small perceptron, runs the program on MNIST, reads
 * its result as a worker would, and measures the accuracy before and after.
 *
 *   npm run try-trainer -- "python3 $PWD/examples/trainers/pytorch/train.py"
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mnistFolder, readMnist } from "../../services/learning/data/mnist.ts";
import { multilayerPerceptron } from "../../services/learning/model-spec.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { trainExternally } from "../../services/learning/training/train-externally.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

const command = process.argv[2];
if (!command) {
  console.error('usage: npm run try-trainer -- "<command>"');
  process.exit(2);
}

const model = multilayerPerceptron({ features: 784, hidden: [64], classes: 10, seed: "1" });
const parameters = initialiseParameters(model);
const dataset = await readMnist("test");
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
    // As a project's job has it.
    data: { inputShape: [784], classes: Array.from({ length: 10 }, (_, digit) => String(digit)) },
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
