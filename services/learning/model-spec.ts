import { CommonweightError } from "../protocol/errors.ts";
import { countValues } from "./count-values.ts";
import { learningErrors } from "./errors.ts";

/** Functions between layers. */
export type Activation = "none" | "relu" | "tanh" | "sigmoid";

/** How start values are drawn. Uniform ones only: they need no transcendental function, so all machines agree. */
export type Initialiser = "zeros" | "he-uniform" | "glorot-uniform";

/** One layer; shapes follow PyTorch, so that a state dictionary fits without transposing. */
export type LayerSpec =
  | {
      readonly kind: "dense";
      readonly units: number;
      readonly activation?: Activation | undefined;
      readonly initialiser?: Initialiser | undefined;
    }
  | {
      readonly kind: "conv2d";
      readonly filters: number;
      readonly kernelSize: number;
      readonly stride?: number | undefined;
      /** Zeros added on each side. */
      readonly padding?: number | undefined;
      readonly activation?: Activation | undefined;
      readonly initialiser?: Initialiser | undefined;
    }
  | { readonly kind: "max-pool2d"; readonly size: number }
  | { readonly kind: "flatten" };

/** A network the built-in trainer can run: the last layer gives one number (logit) for each class. */
export interface LayeredModelSpec {
  readonly kind: "layers";
  /** One sample: `[features]` or `[channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerSpec[];
  readonly seed: string;
}

/** Tensors only: whatever a trainer's own program trains (a whole model, a head, an adapter). */
export interface TensorModelSpec {
  readonly kind: "tensors";
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** The model of a project, as in its manifest. */
export type ModelSpec = LayeredModelSpec | TensorModelSpec;

/** A named tensor and its place in the flat parameter vector. */
export interface TensorPlace {
  readonly name: string;
  readonly shape: readonly number[];
  /** First entry in the parameter vector. */
  readonly offset: number;
  readonly length: number;
  /** Inputs of one output unit; decides the spread of start values. 0 for biases. */
  readonly fanIn: number;
  readonly fanOut: number;
  readonly initialiser: Initialiser;
}

/** Linear classifier: one dense layer, starting at zero. */
export function logisticRegression(options: {
  readonly features: number;
  readonly classes: number;
}): LayeredModelSpec {
  return {
    kind: "layers",
    inputShape: [options.features],
    layers: [{ kind: "dense", units: options.classes, initialiser: "zeros" }],
    seed: "0",
  };
}

/** Perceptron with hidden layers of ReLU units. */
export function multilayerPerceptron(options: {
  readonly features: number;
  readonly hidden: readonly number[];
  readonly classes: number;
  readonly seed: string;
}): LayeredModelSpec {
  return {
    kind: "layers",
    inputShape: [options.features],
    layers: [
      ...options.hidden.map((units): LayerSpec => ({ kind: "dense", units, activation: "relu" })),
      { kind: "dense", units: options.classes, initialiser: "glorot-uniform" },
    ],
    seed: options.seed,
  };
}

/** Small image classifier: for each number of filters a 3x3 convolution and a halving, then a dense layer. */
export function convolutionalNetwork(options: {
  readonly inputShape: readonly [channels: number, height: number, width: number];
  readonly filters: readonly number[];
  readonly classes: number;
  readonly seed: string;
}): LayeredModelSpec {
  return {
    kind: "layers",
    inputShape: options.inputShape,
    layers: [
      ...options.filters.flatMap((filters): LayerSpec[] => [
        { kind: "conv2d", filters, kernelSize: 3, padding: 1, activation: "relu" },
        { kind: "max-pool2d", size: 2 },
      ]),
      { kind: "flatten" },
      { kind: "dense", units: options.classes, initialiser: "glorot-uniform" },
    ],
    seed: options.seed,
  };
}

function invalid(message: string): CommonweightError {
  return new CommonweightError(learningErrors.modelInvalid, message);
}

function positive(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 1) {
    throw invalid(`${what} is ${value}, not a positive integer`);
  }
  return value;
}

/** Shape after a layer, and the layer's tensors (weight, then bias) without their offsets. */
function applyLayer(
  layer: LayerSpec,
  shape: readonly number[],
  index: number,
): { shape: readonly number[]; tensors: Omit<TensorPlace, "offset">[] } {
  const named = `layer ${index} (${layer.kind})`;
  if (layer.kind === "flatten") return { shape: [countValues(shape)], tensors: [] };
  if (layer.kind === "dense") {
    if (shape.length !== 1)
      throw invalid(`${named} needs a flat input; put a flatten layer before`);
    const fanIn = shape[0] as number;
    const units = positive(layer.units, `${named}: units`);
    return { shape: [units], tensors: pair(layer, index, [units, fanIn], fanIn, units) };
  }
  const [channels, height, width] = shape as [number, number, number];
  if (shape.length !== 3) throw invalid(`${named} needs an input of [channels, height, width]`);
  if (layer.kind === "max-pool2d") {
    const size = positive(layer.size, `${named}: size`);
    const pooled = [channels, Math.floor(height / size), Math.floor(width / size)];
    return { shape: pooled.map((side) => positive(side, `${named}: output side`)), tensors: [] };
  }
  const kernel = positive(layer.kernelSize, `${named}: kernelSize`);
  const stride = positive(layer.stride ?? 1, `${named}: stride`);
  const filters = positive(layer.filters, `${named}: filters`);
  const padding = layer.padding ?? 0;
  if (!Number.isInteger(padding) || padding < 0) throw invalid(`${named}: padding is ${padding}`);
  const side = (length: number) =>
    positive(Math.floor((length + 2 * padding - kernel) / stride) + 1, `${named}: output side`);
  const fanIn = channels * kernel * kernel;
  const fanOut = filters * kernel * kernel;
  const weight = [filters, channels, kernel, kernel];
  return {
    shape: [filters, side(height), side(width)],
    tensors: pair(layer, index, weight, fanIn, fanOut),
  };
}

function pair(
  layer: { readonly initialiser?: Initialiser | undefined },
  index: number,
  weight: readonly number[],
  fanIn: number,
  fanOut: number,
): Omit<TensorPlace, "offset">[] {
  const initialiser = layer.initialiser ?? "he-uniform";
  const length = countValues(weight);
  const bias = weight[0] as number;
  return [
    { name: `layers.${index}.weight`, shape: weight, length, fanIn, fanOut, initialiser },
    {
      name: `layers.${index}.bias`,
      shape: [bias],
      length: bias,
      fanIn: 0,
      fanOut: 0,
      initialiser: "zeros",
    },
  ];
}

/** Largest model we accept from a manifest: a hostile one must not make a trainer allocate without end. */
const MAX_PARAMETERS = 100_000_000;

/**
 * Lists a model's tensors in the order in which they make up the parameter vector: layer by layer, the weight
 * (row-major, output units first) before the bias.
 *
 * @throws CommonweightError CW3001 when layers do not fit together.
 * @example modelTensors(logisticRegression({ features: 784, classes: 10 }))[1]?.offset // 7840
 */
export function modelTensors(model: ModelSpec): readonly TensorPlace[] {
  let offset = 0;
  const placed: TensorPlace[] = [];
  const place = (tensor: Omit<TensorPlace, "offset">) => {
    placed.push({ ...tensor, offset });
    offset += tensor.length;
    if (!Number.isSafeInteger(offset) || offset > MAX_PARAMETERS) {
      throw invalid(`more than ${MAX_PARAMETERS} parameters`);
    }
  };
  if (model.kind === "tensors") {
    const names = new Set<string>();
    for (const { name, shape } of model.tensors) {
      if (names.has(name)) throw invalid(`tensor ${name} is declared twice`);
      names.add(name);
      for (const side of shape) positive(side, `tensor ${name}: side`);
      place({ name, shape, length: countValues(shape), fanIn: 0, fanOut: 0, initialiser: "zeros" });
    }
  } else {
    let shape = model.inputShape.map((side) => positive(side, "input side"));
    model.layers.forEach((layer, index) => {
      const applied = applyLayer(layer, shape, index);
      shape = [...applied.shape];
      applied.tensors.forEach(place);
    });
    if (shape.length !== 1) throw invalid("the last layer must give one number for each class");
  }
  if (placed.length === 0) throw invalid("the model has no parameters");
  return placed;
}

/** Shape of what each layer gives, for one sample. @throws CommonweightError CW3001 when layers do not fit together. */
export function layerShapes(model: LayeredModelSpec): readonly (readonly number[])[] {
  let shape = model.inputShape;
  return model.layers.map((layer, index) => {
    shape = applyLayer(layer, shape, index).shape;
    return shape;
  });
}

/** Number of entries in the parameter vector (`d` of the protocol). */
export function countParameters(model: ModelSpec): number {
  return modelTensors(model).reduce((sum, tensor) => sum + tensor.length, 0);
}

/** Number of classes a layered model tells apart. */
export function countClasses(model: LayeredModelSpec): number {
  const last = modelTensors(model).at(-1);
  return last?.shape[0] ?? 0;
}
