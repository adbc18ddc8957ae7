import { countValues } from "../count-values.ts";
import type { Dataset } from "./dataset.ts";
import type { LabelClasses } from "./label-classes.ts";

/**
 * Makes a data set of samples that are read one at a time, when a batch asks for them.
 *
 * @param readRow The values of the sample at a position, as many as `inputShape` has. @throws CommonweightError naming it
 */
export function rowDataset(
  { labels, classes, classNames }: LabelClasses,
  inputShape: readonly number[],
  readRow: (index: number) => Promise<Float32Array>,
): Dataset {
  const length = countValues(inputShape);
  return {
    ...{ size: labels.length, inputShape, classes },
    ...(classNames && { classNames }),
    readBatch: async (indices) => {
      const inputs = new Float32Array(indices.length * length);
      // In the order in which they lie: what is packed together is unpacked once.
      const order = Array.from(indices, (index, row) => ({ index, row }));
      order.sort((one, other) => one.index - other.index);
      for (const { index, row } of order) inputs.set(await readRow(index), row * length);
      return { inputs, labels: Int32Array.from(indices, (index) => labels[index] as number) };
    },
    readLabels: () => labels,
  };
}
