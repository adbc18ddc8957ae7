import { countValues } from "../count-values.ts";
import { normalRandom, seededRandom } from "../random.ts";
import { type Dataset, memoryDataset } from "./dataset.ts";

/** Distance of a class's centre from the middle, in deviations of its samples: most classes can be told apart, not all samples. */
const SEPARATION = 3;

/**
 * Invented samples: every class is a cloud around a centre of its own. They say something about rules and attacks, and nothing
 * about anybody's data. The same seed gives the same samples.
 *
 * @example
 * madeUpDataset({ inputShape: [4], classes: 3, size: 600, seed: "try" }).size; // 600
 */
export function madeUpDataset(options: {
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly size: number;
  readonly seed: string;
}): Dataset {
  const { inputShape, classes, size, seed } = options;
  const length = countValues(inputShape);
  const normal = normalRandom(seededRandom(`commonweight/made-up/${seed}`));
  const centres = Array.from({ length: classes }, () => {
    const direction = Float32Array.from({ length }, normal);
    const norm = Math.hypot(...direction) || 1;
    return direction.map((value) => (SEPARATION * value) / norm);
  });
  const labels = Int32Array.from({ length: size }, (_, i) => i % classes);
  const inputs = new Float32Array(size * length);
  for (let i = 0; i < size; i++) {
    const centre = centres[labels[i] as number] as Float32Array;
    for (let j = 0; j < length; j++) inputs[i * length + j] = (centre[j] as number) + normal();
  }
  return memoryDataset({ inputs, labels, inputShape, classes });
}
