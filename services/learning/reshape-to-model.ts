import { type Dataset, reshapeDataset } from "./dataset.ts";

/** Samples in the shape that the model wants, when they have as many values; unchanged otherwise. */
export function seenAs(dataset: Dataset, inputShape: readonly number[] | undefined): Dataset {
  const values = (shape: readonly number[]) => shape.reduce((all, side) => all * side, 1);
  const isReshapable = inputShape && values(inputShape) === values(dataset.inputShape);
  return isReshapable ? reshapeDataset(dataset, inputShape) : dataset;
}
