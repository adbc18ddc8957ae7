import { countValues } from "../count-values.ts";
import { type Dataset, reshapeDataset } from "./dataset.ts";

const MOST_CHANNELS = 4;

/** Whether images of this shape seem to have their channels last, as many libraries keep them; models want `[channels, height, width]`. */
export function hasChannelsLast([first = 0, , last = 0, ...more]: readonly number[]): boolean {
  return more.length === 0 && last > 0 && last <= MOST_CHANNELS && first > MOST_CHANNELS;
}

/** The same images with their channels first. Everybody reads images so, and the places of all values agree. */
export function channelsFirst(dataset: Dataset): Dataset {
  const [height = 0, width = 0, channels = 0] = dataset.inputShape;
  const pixels = height * width;
  return {
    ...dataset,
    inputShape: [channels, height, width],
    readBatch: async (indices) => {
      const { inputs, labels } = await dataset.readBatch(indices);
      const turned = new Float32Array(inputs.length);
      const length = pixels * channels;
      for (let i = 0; i < inputs.length; i++) {
        const [image, at] = [Math.floor(i / length), i % length];
        const place = image * length + (at % channels) * pixels + Math.floor(at / channels);
        turned[place] = inputs[i] as number;
      }
      return { inputs: turned, labels };
    },
  };
}

/**
 * Samples in the shape that the model wants, when they have as many values; unchanged otherwise. Images with their channels last are
 * turned around before. Images whose sides are in yet another order are not seen as what they are not: their values would lie in wrong
 * places.
 */
export function seenAs(dataset: Dataset, inputShape: readonly number[] | undefined): Dataset {
  if (inputShape === undefined || inputShape.join() === dataset.inputShape.join()) return dataset;
  const first = hasChannelsLast(dataset.inputShape) ? channelsFirst(dataset) : dataset;
  const isReshapable =
    countValues(inputShape) === countValues(first.inputShape) &&
    !isOtherOrder(first.inputShape, inputShape);
  return isReshapable ? reshapeDataset(first, inputShape) : first;
}

/** What is wrong with samples that a model cannot take, and how they become such that it can. */
export function shapeMismatch(
  { inputShape, adviceToFit }: Pick<Dataset, "inputShape" | "adviceToFit">,
  wanted: readonly number[],
): string {
  return `samples of shape [${inputShape}], the model wants [${wanted}]${adviceToFit?.(wanted) ?? ""}`;
}

/** Whether two shapes of images have their sides in another order: then values lie in other places, however many there are. */
export function isOtherOrder(shape: readonly number[], wanted: readonly number[]): boolean {
  if (shape.length !== 3 || wanted.length !== 3) return false;
  const sides = (all: readonly number[]) => all.filter((side) => side !== 1).join();
  return sides(shape) !== sides(wanted);
}
