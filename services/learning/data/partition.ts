import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import {
  gammaRandom,
  normalRandom,
  type RandomSource,
  seededRandom,
  shuffledIndices,
} from "../random.ts";
import type { Dataset } from "./dataset.ts";

/** How samples are spread over trainers. */
export type PartitionPlan =
  /** Equal parts drawn at random. */
  | { readonly kind: "iid" }
  /** Label shares of each part drawn from a Dirichlet distribution; small `alpha` makes parts one-sided. */
  | { readonly kind: "dirichlet"; readonly alpha: number };

/** Options of {@link partitionIndices}. */
export interface PartitionParameters {
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  readonly parts: number;
  readonly plan: PartitionPlan;
  readonly seed: string;
  /** Relative sizes of the parts; equal by default. */
  readonly sizes?: readonly number[];
}

/**
 * Divides samples into disjoint parts, at least one sample each. The same seed gives the same parts.
 *
 * Under Dirichlet, each part draws its own label distribution and then samples until it has its size; a class that has
 * run out is skipped, so that late parts take what is left.
 *
 * @throws CommonweightError CW3106 when there are more parts than samples.
 */
export function partitionIndices(parameters: PartitionParameters): Int32Array[] {
  const { labels, parts, plan, seed } = parameters;
  if (!Number.isInteger(parts) || parts < 1 || parts > labels.length) {
    throw new CommonweightError(
      learningErrors.partitionImpossible,
      `${parts} parts of ${labels.length} samples`,
    );
  }
  const random = seededRandom(`commonweight/partition/${seed}`);
  const counts = partSizes(labels.length, parameters.sizes ?? new Array<number>(parts).fill(1));
  const order = shuffledIndices(labels.length, random);
  if (plan.kind === "iid") {
    let from = 0;
    return counts.map((count) => {
      from += count;
      return order.slice(from - count, from).sort();
    });
  }
  return dirichletParts({ ...parameters, alpha: plan.alpha, counts, order, random });
}

/** Whole numbers near `total * size / sum`, each at least 1, adding up to `total`. */
function partSizes(total: number, sizes: readonly number[]): number[] {
  const sum = sizes.reduce((all, size) => all + size, 0);
  const counts = sizes.map((size) => Math.max(1, Math.floor((total * size) / sum)));
  let left = total - counts.reduce((all, count) => all + count, 0);
  for (let i = 0; left !== 0; i = (i + 1) % counts.length) {
    const step = Math.sign(left);
    if ((counts[i] as number) + step < 1) continue;
    counts[i] = (counts[i] as number) + step;
    left -= step;
  }
  return counts;
}

function dirichletParts(input: {
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  readonly alpha: number;
  readonly counts: readonly number[];
  readonly order: Int32Array;
  readonly random: RandomSource;
}): Int32Array[] {
  const { labels, classes, alpha, counts, order, random } = input;
  if (!(alpha > 0))
    throw new CommonweightError(learningErrors.partitionImpossible, `alpha ${alpha}`);
  const normal = normalRandom(random);
  const pools = Array.from({ length: classes }, () => [] as number[]);
  for (const index of order) pools[labels[index] as number]?.push(index);
  return counts.map((count) => {
    const shares = pools.map(() => gammaRandom(alpha, random, normal) + Number.MIN_VALUE);
    const part = new Int32Array(count);
    for (let i = 0; i < count; i++) part[i] = drawFrom(pools, shares, random);
    return part.sort();
  });
}

function drawFrom(pools: number[][], shares: readonly number[], random: RandomSource): number {
  const open = shares.map((share, k) => (pools[k]?.length ? share : 0));
  let at = random() * open.reduce((sum, share) => sum + share, 0);
  let chosen = open.findLastIndex((share) => share > 0);
  for (let k = 0; k < open.length; k++) {
    at -= open[k] as number;
    if (at < 0) {
      chosen = k;
      break;
    }
  }
  return pools[chosen]?.pop() as number;
}

/** Counts how often each class occurs. */
export async function countLabels(dataset: Dataset): Promise<number[]> {
  const counts = new Array<number>(dataset.classes).fill(0);
  for (const label of await dataset.readLabels()) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
