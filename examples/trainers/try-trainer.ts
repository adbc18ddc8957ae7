/**
 * Tries a trainer's program outside of any market: writes a job, runs the program, reads its result as a worker would, measures the
 * model before and after, and compares the update with the built-in trainer's.
 *
 *   npm run try-trainer -- --model cnn "python3 $PWD/examples/trainers/pytorch/train.py"
 *   npm run try-trainer -- --manifest manifest.json --data mine.csv "node $PWD/examples/trainers/plain-node/train.mjs"
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments, refuseArguments } from "../../scripts/script-arguments.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { trainExternally } from "../../services/learning/training/train-externally.ts";
import { trainLocally } from "../../services/learning/training/train-locally.ts";
import { difference, dot, norm } from "../../services/learning/training/vector.ts";
import { MARKET_MODELS } from "../../services/market/market-plan.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { trainerEnvironment } from "../../services/worker/trainer-environment.ts";
import { marketTrial, projectTrial } from "./trial.ts";

const USAGE = `usage: npm run try-trainer -- [--model logistic|mlp|cnn] "<command>"
       npm run try-trainer -- --manifest <file> --data <samples> "<command>"

The first tries a program on MNIST and a model of npm start, the second on a project's first round: its manifest,
which "owner pull --manifest" writes, and samples of yours.`;

function readCommandLine() {
  const { values, positionals } = readArguments(USAGE, {
    options: {
      model: { type: "string", default: "mlp" },
      manifest: { type: "string" },
      data: { type: "string" },
    },
    allowPositionals: true,
  });
  const { manifest, data } = values;
  const [command, ...more] = positionals;
  const kind = MARKET_MODELS.find((name) => name === values.model);
  if (command === undefined || more.length > 0) {
    refuseArguments("it needs one command, in quotation marks", USAGE);
  }
  if (kind === undefined) refuseArguments(`there is no model "${values.model}"`, USAGE);
  if (manifest !== undefined && data !== undefined) {
    return { command, openTrial: () => projectTrial(manifest, data) };
  }
  if (manifest !== data) refuseArguments("--manifest and --data go together", USAGE);
  return { command, openTrial: () => marketTrial(kind) };
}

async function tryTrainer({ command, openTrial }: ReturnType<typeof readCommandLine>) {
  const { model, data, hyperparameters, dataPath, samples, measured } = await openTrial();
  const jobFolder = await mkdtemp(join(tmpdir(), "trainer-job-"));
  console.log(`job folder: ${jobFolder}`);
  const parameters = initialiseParameters(model);
  const job = { model, parameters, hyperparameters, roundIndex: 0, seed: "1" };
  const say = async (when: string, trained: Float32Array) => {
    const { accuracy, loss } = await evaluate({ model, parameters: trained, dataset: measured });
    console.log(`${when}: accuracy ${accuracy.toFixed(4)}, loss ${loss.toFixed(4)}`);
  };

  await say("before", parameters);
  const startedAt = performance.now();
  const theirs = await trainExternally({
    command,
    jobFolder,
    timeoutMs: 300_000,
    memoryMb: 4000,
    environment: trainerEnvironment(process.env),
    onProgress: ({ step, steps, loss }) =>
      console.log(`step ${step}/${steps}, loss ${loss.toFixed(4)}`),
    job: { ...job, dataPath, data, projectId: "0" },
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  await say(`after ${seconds} s`, theirs.parameters);
  console.log(`metrics reported: ${JSON.stringify(theirs.metrics)}`);

  const ours = await trainLocally({ ...job, dataset: samples });
  await say("the built-in trainer", ours.parameters);
  const [update, other] = [theirs, ours].map((each) => difference(each.parameters, parameters)) as [
    Float32Array,
    Float32Array,
  ];
  const cosine = dot(update, other) / (norm(update) * norm(other));
  const times = norm(update) / norm(other);
  console.log(
    `your update: ${times.toFixed(2)} times as long as the built-in trainer's, cosine ${cosine.toFixed(3)}`,
  );
}

await tryTrainer(readCommandLine()).catch((error: unknown) => {
  if (!(error instanceof CommonweightError)) throw error;
  const messages = String(error.details.messages ?? "").trimEnd();
  if (messages !== "") console.error(`${messages}\n`);
  console.error(`${error.code}: ${error.message}\n  ${error.hint}`);
  process.exitCode = 3;
});
