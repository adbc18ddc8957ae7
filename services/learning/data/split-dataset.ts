import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { seededRandom, shuffledIndices } from "../random.ts";
import { type Dataset, subsetDataset } from "./dataset.ts";

/**
 * Draws disjoint sets of the given sizes from a data set; a size of 0 gives no set.
 *
 * @throws CommonweightError CW3106 when the sizes add up to more than there is.
 */
export function splitDataset(
  dataset: Dataset,
  sizes: readonly number[],
  seed: string,
): (Dataset | undefined)[] {
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  if (wanted > dataset.size) {
    throw new CommonweightError(
      learningErrors.partitionImpossible,
      `${wanted} samples wanted, the data set has ${dataset.size}`,
    );
  }
  const order = shuffledIndices(dataset.size, seededRandom(`commonweight/split/${seed}`));
  let from = 0;
  return sizes.map((size) => {
    const indices = order.slice(from, from + size);
    from += size;
    return size === 0 ? undefined : subsetDataset(dataset, indices);
  });
}
