import type { Dataset } from "../../learning/data/dataset.ts";
import { seededRandom, shuffledIndices } from "../../learning/random.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { ownerErrors } from "../errors.ts";

/** Positions of the owner's samples in the whole data. The three sets and the rest are disjoint. */
export interface DrawnSets {
  readonly root: Int32Array;
  readonly pay: Int32Array;
  readonly validation: Int32Array;
  readonly rest: Int32Array;
}

/** How many samples each of the owner's sets has. */
export interface SetSizes {
  readonly root: number;
  readonly pay: number;
  readonly validation: number;
}

/** Sizes that are enough for everything a project does (`docs/rules.md`, "Contribution and share"). */
const ENOUGH = { root: 200, pay: 1000, validation: 2000 } as const;
/** Largest part of the data that a set takes; what is left is the owner's to train with or to keep. */
const MOST = { root: 0.2, pay: 0.5, validation: 0.25 } as const;

/** Sizes for data of this many samples. */
export function defaultSetSizes(samples: number): SetSizes {
  const sizeOf = (name: keyof SetSizes) => Math.min(ENOUGH[name], Math.floor(MOST[name] * samples));
  return { root: sizeOf("root"), pay: sizeOf("pay"), validation: sizeOf("validation") };
}

/**
 * Draws root, pay and validation set so that each has every class, in about the data's proportions. The same data, sizes and
 * seed give the same sets.
 *
 * @throws CW4017 with the numbers when there are too few samples, or a class has too few for three sets.
 */
export async function drawSets(
  dataset: Dataset,
  sizes: SetSizes,
  seed: string,
): Promise<DrawnSets> {
  const labels = await dataset.readLabels();
  const order = shuffledIndices(dataset.size, seededRandom(`commonweight/owner-sets/${seed}`));
  const pools = Array.from({ length: dataset.classes }, () => [] as number[]);
  for (const index of order) pools[labels[index] as number]?.push(index);
  const names = ["root", "pay", "validation"] as const;
  const poorest = pools.reduce((least, pool) => Math.min(least, pool.length), Infinity);
  const wanted = names.reduce((sum, name) => sum + sizes[name], 0);
  if (
    poorest < names.length ||
    wanted > dataset.size ||
    names.some((name) => sizes[name] < dataset.classes)
  ) {
    throw new CommonweightError(
      ownerErrors.tooFewSamples,
      `${dataset.size} samples of ${dataset.classes} classes, the rarest with ${poorest}; the sets need ${names.map((name) => `${sizes[name]} (${name})`).join(", ")} with every class in each`,
    );
  }
  const shares = pools.map((pool) => pool.length / dataset.size);
  const sets = names.map((name) => takeProportionally(pools, shares, sizes[name], names.length));
  const [root, pay, validation] = sets as [Int32Array, Int32Array, Int32Array];
  return { root, pay, validation, rest: Int32Array.from(pools.flat()).sort() };
}

/** Takes at least one of each class from the pools, which get shorter, and leaves `later` sets one each. */
function takeProportionally(
  pools: number[][],
  shares: readonly number[],
  size: number,
  sets: number,
): Int32Array {
  const taken = pools.map((pool, k) => {
    const part = Math.max(1, Math.floor((shares[k] as number) * size));
    return pool.splice(0, Math.min(part, Math.max(1, pool.length - sets + 1)));
  });
  let lacking = size - taken.reduce((sum, part) => sum + part.length, 0);
  // Flooring leaves a few places; the largest classes fill them.
  while (lacking > 0) {
    const largest = pools.reduce(
      (best, pool, k) => (pool.length > (pools[best] as number[]).length ? k : best),
      0,
    );
    const next = (pools[largest] as number[]).shift();
    if (next === undefined) break;
    (taken[largest] as number[]).push(next);
    lacking--;
  }
  return Int32Array.from(taken.flat()).sort();
}
