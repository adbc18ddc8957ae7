import { CommonweightError, defineErrors } from "../../protocol/errors.ts";
import { bytesField, integerField, joined, type Message } from "./protobuf-writer.ts";

/** What cannot be exported; codes 2550-2559. */
export const modelExportErrors = defineErrors([2550, 2559], {
  tensorMissing: {
    code: "CW2550",
    title: "model lacks a tensor of its layers",
    hint: "The parameters are of another model than the manifest describes; verify the model file first.",
  },
});

type Activation = "none" | "relu" | "tanh" | "sigmoid";

/** A model made of layers, as in a manifest (`layeredModelSchema`). */
export interface LayeredModel {
  readonly inputShape: readonly number[];
  readonly layers: readonly (
    | { readonly kind: "dense"; readonly activation?: Activation | undefined }
    | {
        readonly kind: "conv2d";
        readonly kernelSize: number;
        readonly stride?: number | undefined;
        readonly padding?: number | undefined;
        readonly activation?: Activation | undefined;
      }
    | { readonly kind: "max-pool2d"; readonly size: number }
    | { readonly kind: "flatten" }
  )[];
}

/** What {@link encodeOnnx} exports. */
export interface OnnxParameters {
  /** The layers, as in the project's manifest. */
  readonly model: LayeredModel;
  /** Parameters by tensor name: `layers.<index>.weight` and `.bias`. */
  readonly tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly values: Float32Array }
  >;
  /** Of the manifest's data: when given, the exported model takes raw values and normalises them itself. */
  readonly normalisation?:
    | { readonly mean: readonly number[]; readonly deviation: readonly number[] }
    | undefined;
  /** The graph's name. */
  readonly name: string;
  /** Texts by key that a reader finds in the file (`metadata_props`). */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

// Field numbers and constants of onnx.proto3 (ONNX IR version 8), https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
const IR_VERSION = 8;
const OPSET_VERSION = 13;
const FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/**
 * Writes a built-in model as ONNX: input `input` of `[batch, …inputShape]`, output `logits` of `[batch, classes]`.
 *
 * @throws CommonweightError CW2550 when a layer's tensor is missing.
 */
export function encodeOnnx(parameters: OnnxParameters): Uint8Array {
  const { model, tensors, normalisation, name, metadata = {} } = parameters;
  const nodes: Uint8Array[] = [];
  const initialisers: Uint8Array[] = [];
  let current = "input";
  const node = (
    operator: string,
    inputs: readonly string[],
    attributes: Message = [],
    output = `${operator.toLowerCase()}_${nodes.length}`,
  ) => {
    const strings = [
      ...inputs.map((input) => bytesField(1, input)),
      bytesField(2, output),
      bytesField(3, output),
    ];
    nodes.push(bytesField(1, [...strings, bytesField(4, operator), ...attributes]));
    return output;
  };
  const constant = (tensorName: string, shape: readonly number[], values: Float32Array) => {
    initialisers.push(bytesField(5, tensor(tensorName, shape, values)));
    return tensorName;
  };
  const parameter = (tensorName: string) => {
    const found = tensors.get(tensorName);
    if (found === undefined)
      throw new CommonweightError(modelExportErrors.tensorMissing, `no tensor ${tensorName}`);
    return constant(tensorName, found.shape, found.values);
  };

  if (normalisation !== undefined) {
    const sides = [normalisation.mean.length, ...model.inputShape.slice(1).map(() => 1)];
    const shape = normalisation.mean.length === 1 ? [1] : sides;
    const mean = Float32Array.from(normalisation.mean);
    const missed = normalisation.mean.map((value, i) => value - (mean[i] as number));
    current = node("Sub", [current, constant("mean", shape, mean)]);
    // Times in seconds are so large that a float32 misses their mean by a part of their deviation.
    if (
      missed.some((value, i) => Math.abs(value) > 1e-6 * (normalisation.deviation[i] as number))
    ) {
      current = node("Sub", [current, constant("mean_rest", shape, Float32Array.from(missed))]);
    }
    current = node("Div", [
      current,
      constant("deviation", shape, Float32Array.from(normalisation.deviation)),
    ]);
  }
  for (const [index, layer] of model.layers.entries()) {
    if (layer.kind === "flatten") {
      current = node("Flatten", [current], [integer("axis", 1)]);
      continue;
    }
    if (layer.kind === "max-pool2d") {
      const window = [layer.size, layer.size];
      current = node(
        "MaxPool",
        [current],
        [integers("kernel_shape", window), integers("strides", window)],
      );
      continue;
    }
    const inputs = [
      current,
      parameter(`layers.${index}.weight`),
      parameter(`layers.${index}.bias`),
    ];
    if (layer.kind === "dense") current = node("Gemm", inputs, [integer("transB", 1)]);
    else {
      const { kernelSize: kernel, stride = 1, padding = 0 } = layer;
      current = node("Conv", inputs, [
        integers("kernel_shape", [kernel, kernel]),
        integers("strides", [stride, stride]),
        integers("pads", [padding, padding, padding, padding]),
      ]);
    }
    const operator = { none: undefined, relu: "Relu", tanh: "Tanh", sigmoid: "Sigmoid" }[
      layer.activation ?? "none"
    ];
    if (operator !== undefined) current = node(operator, [current]);
  }
  // An identity only gives the last layer's output a name that users can rely on.
  node("Identity", [current], [], "logits");

  const graph = [
    ...nodes,
    bytesField(2, name),
    ...initialisers,
    bytesField(11, valueInfo("input", ["batch", ...model.inputShape])),
    bytesField(12, valueInfo("logits", ["batch", classCount(model, tensors)])),
  ];
  return joined([
    integerField(1, IR_VERSION),
    bytesField(2, "commonweight"),
    bytesField(7, graph),
    bytesField(8, [bytesField(1, ""), integerField(2, OPSET_VERSION)]),
    ...Object.entries(metadata).map(([key, value]) =>
      bytesField(14, [bytesField(1, key), bytesField(2, value)]),
    ),
  ]);
}

function classCount(model: LayeredModel, tensors: OnnxParameters["tensors"]): number {
  return tensors.get(`layers.${model.layers.length - 1}.bias`)?.shape[0] ?? 0;
}

/** A TensorProto of float32, bytes little-endian. */
function tensor(name: string, shape: readonly number[], values: Float32Array): Message {
  const raw = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) raw.writeFloatLE(value, 4 * index);
  return [
    ...shape.map((side) => integerField(1, side)),
    integerField(2, FLOAT),
    bytesField(8, name),
    bytesField(9, new Uint8Array(raw)),
  ];
}

/** A ValueInfoProto of float32; a text side is a free dimension. */
function valueInfo(name: string, shape: readonly (number | string)[]): Message {
  const sides = shape.map((side) =>
    bytesField(1, [typeof side === "number" ? integerField(1, side) : bytesField(2, side)]),
  );
  return [
    bytesField(1, name),
    bytesField(2, [bytesField(1, [integerField(1, FLOAT), bytesField(2, sides)])]),
  ];
}

function integer(name: string, value: number): Uint8Array {
  return bytesField(5, [
    bytesField(1, name),
    integerField(3, value),
    integerField(20, ATTRIBUTE_INT),
  ]);
}

function integers(name: string, values: readonly number[]): Uint8Array {
  return bytesField(5, [
    bytesField(1, name),
    ...values.map((value) => integerField(8, value)),
    integerField(20, ATTRIBUTE_INTS),
  ]);
}
