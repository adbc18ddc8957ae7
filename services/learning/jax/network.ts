import { lax, nn, numpy as np } from "@jax-js/jax";
import type { Activation, LayeredModelSpec, LayerSpec } from "../model-spec.ts";
import type { Tensor } from "./device-arrays.ts";

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

/** Logits of a batch of inputs; uses up `tensors` and `inputs`. */
export function forward(
  model: LayeredModelSpec,
  tensors: readonly Tensor[],
  inputs: Tensor,
): Tensor {
  const left = [...tensors];
  const isImage = model.inputShape.length === 3;
  const start = isImage ? inputs.transpose([1, 0, 2, 3]) : inputs;
  return model.layers.reduce((x, layer) => forwardLayer(layer, x, left), start);
}

/** The cross-entropy of a batch, summed. @param targets One-hot, already times the row's weight. */
export function weightedLoss(
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
