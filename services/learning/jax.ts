/**
 * The only door to `@jax-js/jax`: turns a model description into compiled functions (loss with gradient by automatic
 * differentiation, one optimiser step, logits). Everything outside speaks plain typed arrays.
 *
 * Longer than other files because it is a door: its parts share jax-js types that nothing else may see.
 *
 * jax-js counts references: each use of an array consumes it, `.ref` keeps it. Arrays left over are disposed here.
 */
import { defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { CommonweightError } from "../protocol/errors.ts";
import { learningErrors } from "./errors.ts";
import {
  type Activation,
  countClasses,
  type LayeredModelSpec,
  type LayerSpec,
  modelTensors,
  type TensorPlace,
} from "./model-spec.ts";

type Tensor = np.Array;

/** Where the arithmetic runs: WebAssembly everywhere, WebGPU in browsers that have it. */
export type ComputeDevice = "wasm" | "webgpu";

/** A batch at a fixed size: rows past `count` weigh nothing. `weight` is what each real row weighs in the loss. */
export interface PaddedBatch {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly count: number;
  readonly weight: number;
}

/** How parameters move along a gradient. */
export interface OptimiserSpec {
  readonly kind: "sgd" | "adam";
  /** SGD: share of the last velocity kept; 0 for plain SGD. */
  readonly momentum: number;
  /** FedProx (Li et al. 2020): strength of the pull back to the start; 0 for none. */
  readonly proximal: number;
  /** Added to the gradient, times the parameters; 0 for none. */
  readonly weightDecay: number;
}

/** Training in progress: parameters and optimiser state live on the device. */
export interface TrainingRun {
  /** Takes one step and returns the batch's loss, read later so that steps are not held up. */
  step(batch: PaddedBatch, learningRate: number): { loss(): Promise<number>; drop(): void };
  parameters(): Promise<Float32Array>;
  dispose(): void;
}

/** A model compiled for one batch size. */
export interface CompiledModel {
  readonly batchSize: number;
  train(parameters: Float32Array, optimiser: OptimiserSpec): TrainingRun;
  /** Sum over rows of `weight * loss`, and its gradient. */
  lossAndGradient(
    parameters: Float32Array,
    batch: PaddedBatch,
  ): Promise<{ loss: number; gradient: Float32Array }>;
  /** Logits of `batchSize` rows. */
  logits(parameters: Float32Array, inputs: Float32Array): Promise<Float32Array>;
}

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

function activate(x: Tensor, activation: Activation | undefined): Tensor {
  if (activation === "relu") return nn.relu(x);
  if (activation === "tanh") return np.tanh(x);
  if (activation === "sigmoid") return nn.sigmoid(x);
  return x;
}

/**
 * Image layers work on `[channels, batch, height, width]`: there a convolution is one matrix product of long rows
 * (measured seven times as fast in WebAssembly as `lax.conv` on `[batch, channels, height, width]`).
 */
function convolve(x: Tensor, weight: Tensor, stride: number, padding: number): Tensor {
  const [filters, , kernel] = weight.shape as [number, number, number, number];
  if (stride !== 1) {
    const sides: [number, number][] = [
      [padding, padding],
      [padding, padding],
    ];
    return lax
      .conv(x.transpose([1, 0, 2, 3]), weight, [stride, stride], sides)
      .transpose([1, 0, 2, 3]);
  }
  const padded = np.pad(x, [
    [0, 0],
    [0, 0],
    [padding, padding],
    [padding, padding],
  ]);
  const [channels, batch, height, width] = padded.shape as [number, number, number, number];
  const [rows, columns] = [height - kernel + 1, width - kernel + 1];
  const shifted: Tensor[] = [];
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      shifted.push(padded.ref.slice([], [], [i, i + rows], [j, j + columns]));
    }
  }
  padded.dispose();
  const patches = np
    .stack(shifted, 1)
    .reshape([channels * kernel * kernel, batch * rows * columns]);
  return np
    .matmul(weight.reshape([filters, channels * kernel * kernel]), patches)
    .reshape([filters, batch, rows, columns]);
}

/** Largest of each window; what does not fill a window is cropped. */
function maxPool(x: Tensor, size: number): Tensor {
  const [channels, batch, height, width] = x.shape as [number, number, number, number];
  const [rows, columns] = [Math.floor(height / size), Math.floor(width / size)];
  const windows = x
    .slice([], [], [0, rows * size], [0, columns * size])
    .reshape([channels, batch, rows, size, columns, size]);
  let largest: Tensor | null = null;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const at = windows.ref
        .slice([], [], [], [i, i + 1], [], [j, j + 1])
        .reshape([channels, batch, rows, columns]);
      largest = largest ? np.maximum(largest, at) : at;
    }
  }
  windows.dispose();
  return largest as Tensor;
}

function forwardLayer(layer: LayerSpec, x: Tensor, tensors: Tensor[]): Tensor {
  if (layer.kind === "flatten") {
    const isImage = x.shape.length === 4;
    const batchFirst = isImage ? x.transpose([1, 0, 2, 3]) : x;
    return batchFirst.reshape([batchFirst.shape[0] as number, -1]);
  }
  if (layer.kind === "max-pool2d") return maxPool(x, layer.size);
  const weight = tensors.shift() as Tensor;
  const bias = tensors.shift() as Tensor;
  if (layer.kind === "dense") {
    return activate(np.matmul(x, weight.transpose()).add(bias), layer.activation);
  }
  const filtered = convolve(x, weight, layer.stride ?? 1, layer.padding ?? 0);
  return activate(filtered.add(bias.reshape([-1, 1, 1, 1])), layer.activation);
}

function forward(model: LayeredModelSpec, tensors: readonly Tensor[], inputs: Tensor): Tensor {
  const left = [...tensors];
  const isImage = model.inputShape.length === 3;
  const start = isImage ? inputs.transpose([1, 0, 2, 3]) : inputs;
  return model.layers.reduce((x, layer) => forwardLayer(layer, x, left), start);
}

/** `targets` is one-hot, already times the row's weight. */
function weightedLoss(
  model: LayeredModelSpec,
  tensors: Tensor[],
  inputs: Tensor,
  targets: Tensor,
): Tensor {
  return nn
    .logSoftmax(forward(model, tensors, inputs), -1)
    .mul(targets)
    .sum()
    .mul(-1);
}

function upload(places: readonly TensorPlace[], flat: Float32Array): Tensor[] {
  return places.map(({ shape, offset, length }) =>
    deviceArray(flat.slice(offset, offset + length)).reshape([...shape]),
  );
}

async function download(places: readonly TensorPlace[], tensors: Tensor[]): Promise<Float32Array> {
  const last = places.at(-1) as TensorPlace;
  const flat = new Float32Array(last.offset + last.length);
  const parts = await Promise.all(tensors.map((tensor) => tensor.data()));
  places.forEach(({ offset }, i) => {
    flat.set(parts[i] as Float32Array, offset);
  });
  return flat;
}

/** jax-js wants plain buffers; ours never are shared ones. */
const deviceArray = (values: Float32Array) => np.array(values as Float32Array<ArrayBuffer>);
const refs = (tensors: readonly Tensor[]) => tensors.map((tensor) => tensor.ref);
const scalar = (value: number) => np.array(value);

/** One optimiser step as a traced function; every argument is used exactly once beyond its `.ref`s. */
function stepFunction(model: LayeredModelSpec, optimiser: OptimiserSpec) {
  const { momentum, proximal, weightDecay } = optimiser;
  return (
    parameters: Tensor[],
    start: Tensor[],
    first: Tensor[],
    second: Tensor[],
    inputs: Tensor,
    targets: Tensor,
    rate: Tensor,
    secondScale: Tensor,
  ) => {
    const loss = (tensors: Tensor[], x: Tensor, y: Tensor) => weightedLoss(model, tensors, x, y);
    const [value, gradients] = valueAndGrad(loss)(refs(parameters), inputs, targets) as unknown as [
      Tensor,
      Tensor[],
    ];
    const moved: Tensor[] = [];
    const nextFirst: Tensor[] = [];
    const nextSecond: Tensor[] = [];
    parameters.forEach((parameter, i) => {
      let gradient = gradients[i] as Tensor;
      if (proximal > 0) {
        gradient = gradient.add(parameter.ref.sub(start[i] as Tensor).mul(proximal));
      }
      if (weightDecay > 0) gradient = gradient.add(parameter.ref.mul(weightDecay));
      if (optimiser.kind === "adam") {
        const square = gradient.ref.mul(gradient.ref).mul(1 - ADAM.beta2);
        const m = (first[i] as Tensor).mul(ADAM.beta1).add(gradient.mul(1 - ADAM.beta1));
        const v = (second[i] as Tensor).mul(ADAM.beta2).add(square);
        // `rate` carries 1/(1-beta1^t), `secondScale` 1/(1-beta2^t): the bias corrections change every step.
        const width = np.sqrt(v.ref.mul(secondScale.ref)).add(ADAM.epsilon);
        moved.push(parameter.sub(m.ref.mul(rate.ref).div(width)));
        nextFirst.push(m);
        nextSecond.push(v);
      } else if (momentum > 0) {
        const velocity = (first[i] as Tensor).mul(momentum).add(gradient);
        moved.push(parameter.sub(velocity.ref.mul(rate.ref)));
        nextFirst.push(velocity);
      } else {
        moved.push(parameter.sub(gradient.mul(rate.ref)));
      }
    });
    rate.dispose();
    secondScale.dispose();
    return [moved, nextFirst, nextSecond, value] as [Tensor[], Tensor[], Tensor[], Tensor];
  };
}

type Step = (
  ...args: [Tensor[], Tensor[], Tensor[], Tensor[], Tensor, Tensor, Tensor, Tensor]
) => [Tensor[], Tensor[], Tensor[], Tensor];

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

function startRun(run: {
  readonly places: readonly TensorPlace[];
  readonly parameters: Float32Array;
  readonly optimiser: OptimiserSpec;
  readonly step: Step;
  readonly batchTensors: (batch: PaddedBatch) => [Tensor, Tensor];
}): TrainingRun {
  const { places, optimiser } = run;
  const zeros = () => places.map(({ shape }) => np.zeros([...shape]));
  const isAdam = optimiser.kind === "adam";
  let current = upload(places, run.parameters);
  const start = optimiser.proximal > 0 ? upload(places, run.parameters) : [];
  let first = isAdam || optimiser.momentum > 0 ? zeros() : [];
  let second = isAdam ? zeros() : [];
  let taken = 0;
  return {
    step: (batch, learningRate) => {
      taken += 1;
      const rate = isAdam ? learningRate / (1 - ADAM.beta1 ** taken) : learningRate;
      const secondScale = isAdam ? 1 / (1 - ADAM.beta2 ** taken) : 1;
      const [x, y] = run.batchTensors(batch);
      const scalars = [scalar(rate), scalar(secondScale)] as const;
      const [moved, nextFirst, nextSecond, value] = run.step(
        current,
        refs(start),
        first,
        second,
        x,
        y,
        ...scalars,
      );
      current = moved;
      first = nextFirst;
      second = nextSecond;
      return { loss: async () => (await value.data())[0] as number, drop: () => value.dispose() };
    },
    parameters: () => download(places, refs(current)),
    dispose: () => {
      for (const tensor of [...current, ...start, ...first, ...second]) tensor.dispose();
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
