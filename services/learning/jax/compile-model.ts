import { defaultDevice, init, jit, valueAndGrad } from "@jax-js/jax";
import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { countClasses, type LayeredModelSpec, modelTensors } from "../model-spec.ts";
import type { CompiledModel, ComputeDevice, PaddedBatch } from "./compiled-model.ts";
import { deviceArray, download, type Tensor, upload } from "./device-arrays.ts";
import { forward, weightedLoss } from "./network.ts";
import { type Step, startRun, stepFunction } from "./training-run.ts";

/** Compiles the functions of one model for one batch size. */
function compile(model: LayeredModelSpec, batchSize: number): CompiledModel {
  const places = modelTensors(model);
  const classes = countClasses(model);
  const inputShape = [batchSize, ...model.inputShape];
  const steps = new Map<string, Step>();
  const gradientOf = jit((tensors: Tensor[], x: Tensor, y: Tensor) =>
    valueAndGrad((t: Tensor[], a: Tensor, b: Tensor) => weightedLoss(model, t, a, b))(
      tensors,
      x,
      y,
    ),
  ) as unknown as (t: Tensor[], x: Tensor, y: Tensor) => [Tensor, Tensor[]];
  const logitsOf = jit((tensors: Tensor[], x: Tensor) => forward(model, tensors, x));

  const batchTensors = (batch: PaddedBatch): [Tensor, Tensor] => {
    const oneHot = new Float32Array(batchSize * classes);
    for (let row = 0; row < batch.count; row++) {
      oneHot[row * classes + (batch.labels[row] as number)] = batch.weight;
    }
    return [
      deviceArray(batch.inputs).reshape(inputShape),
      deviceArray(oneHot).reshape([batchSize, classes]),
    ];
  };

  return {
    batchSize,
    train: (parameters, optimiser) => {
      const key = JSON.stringify(optimiser);
      const step = steps.get(key) ?? (jit(stepFunction(model, optimiser)) as unknown as Step);
      steps.set(key, step);
      return startRun({ places, parameters, optimiser, step, batchTensors });
    },
    lossAndGradient: async (parameters, batch) => {
      const [value, gradients] = gradientOf(upload(places, parameters), ...batchTensors(batch));
      const [loss] = await value.data();
      return { loss: loss as number, gradient: await download(places, gradients) };
    },
    logits: async (parameters, inputs) => {
      const x = deviceArray(inputs).reshape(inputShape);
      return (await logitsOf(upload(places, parameters), x).data()) as Float32Array;
    },
  };
}

/** The device of this thread: arrays are made on the library's default one, so there can be only one. */
let started: { readonly device: ComputeDevice; readonly ready: Promise<void> } | undefined;
/** Models compiled so far: compiling takes longer than a small round, and the result is pure. */
const compiled = new Map<string, CompiledModel>();

async function startDevice(device: ComputeDevice): Promise<void> {
  const available = await init(device);
  if (!available.includes(device)) throw new CommonweightError(learningErrors.deviceUnavailable);
  defaultDevice(device);
}

/**
 * Compiles a model for a batch size, once per thread.
 *
 * @throws CommonweightError CW3007 when the device is missing or this thread computes on another one, CW3001 when the model is invalid.
 */
export async function compileModel(
  model: LayeredModelSpec,
  options: { readonly batchSize: number; readonly device?: ComputeDevice | undefined },
): Promise<CompiledModel> {
  const device = options.device ?? "wasm";
  started ??= { device, ready: startDevice(device) };
  if (started.device !== device) {
    throw new CommonweightError(
      learningErrors.deviceUnavailable,
      `this thread computes on ${started.device}`,
    );
  }
  await started.ready;
  const key = JSON.stringify([model.inputShape, model.layers, options.batchSize, device]);
  const known = compiled.get(key) ?? compile(model, options.batchSize);
  compiled.set(key, known);
  return known;
}
