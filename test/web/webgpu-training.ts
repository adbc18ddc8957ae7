/** Runs in a browser: the same small training on one device. Built and opened by `webgpu.long.test.ts`. */
import { memoryDataset } from "../../services/learning/data/dataset.ts";
import type { ComputeDevice } from "../../services/learning/jax/compiled-model.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  logisticRegression,
  multilayerPerceptron,
} from "../../services/learning/model-spec.ts";
import { seededRandom } from "../../services/learning/random.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { trainLocally } from "../../services/learning/training/train-locally.ts";

const SAMPLES = 96;
const SIDE = 8;

/** Bright left or bright right halves, with noise. */
function halves(shape: readonly number[]) {
  const random = seededRandom("halves");
  const labels = Array.from({ length: SAMPLES }, (_, index) => index % 2);
  const inputs = Float32Array.from({ length: SAMPLES * SIDE * SIDE }, (_, place) => {
    const isRight = place % SIDE >= SIDE / 2;
    const label = labels[Math.floor(place / (SIDE * SIDE))] as number;
    return (isRight === (label === 1) ? 0.6 : 0.2) + 0.5 * random();
  });
  return memoryDataset({ inputs, labels, inputShape: [...shape], classes: 2 });
}

const models: Readonly<Record<string, LayeredModelSpec>> = {
  logistic: logisticRegression({ features: SIDE * SIDE, classes: 2 }),
  mlp: multilayerPerceptron({ features: SIDE * SIDE, hidden: [16], classes: 2, seed: "m" }),
  cnn: convolutionalNetwork({
    inputShape: [1, SIDE, SIDE],
    filters: [4, 8],
    classes: 2,
    seed: "c",
  }),
};

/** What each model has become after a few epochs, and how good it is. */
async function trainOn(device: ComputeDevice) {
  const results: Record<string, { parameters: number[]; accuracy: number }> = {};
  for (const [name, model] of Object.entries(models)) {
    const dataset = halves(model.inputShape);
    const { parameters } = await trainLocally({
      model,
      dataset,
      device,
      parameters: initialiseParameters(model),
      hyperparameters: {
        ...{ optimiser: "sgd", learningRate: 0.1, momentum: 0.5, batchSize: 16, epochs: 4 },
      },
      seed: "order",
    });
    const { accuracy } = await evaluate({ model, parameters, dataset, device });
    results[name] = { parameters: [...parameters], accuracy };
  }
  return results;
}

Object.assign(globalThis, { trainOn });
