import { type Dataset, reshapeDataset } from "./dataset.ts";

const MOST_CHANNELS = 4;

/** Whether images of this shape seem to have their channels last, as many libraries keep them; models want `[channels, height, width]`. */
export function hasChannelsLast([first = 0, , last = 0, ...more]: readonly number[]): boolean {
  return more.length === 0 && last > 0 && last <= MOST_CHANNELS && first > MOST_CHANNELS;
}

/** How to turn images around, for whoever has them with channels last. */
export const CHANNELS_FIRST_ADVICE = "save numpy.transpose(x, (0, 3, 1, 2))";

/**
 * Samples in the shape that the model wants, when they have as many values; unchanged otherwise. Images whose sides are in another order
 * are not seen as what they are not: their values would lie in wrong places.
 */
export function seenAs(dataset: Dataset, inputShape: readonly number[] | undefined): Dataset {
  const values = (shape: readonly number[]) => shape.reduce((all, side) => all * side, 1);
  const isReshapable =
    inputShape &&
    values(inputShape) === values(dataset.inputShape) &&
    !isOtherOrder(dataset.inputShape, inputShape);
  return isReshapable ? reshapeDataset(dataset, inputShape) : dataset;
}

/** Whether two shapes of images have their sides in another order: then values lie in other places, however many there are. */
export function isOtherOrder(shape: readonly number[], wanted: readonly number[]): boolean {
  if (shape.length !== 3 || wanted.length !== 3) return false;
  const sides = (all: readonly number[]) => all.filter((side) => side !== 1).join();
  return sides(shape) !== sides(wanted);
}
