import type { Dataset, Normalisation } from "./dataset.ts";

const LOOKED_AT = 2000;
/** A manifest states at most so many means. */
const MOST_FEATURES = 1024;
/** Pixels and other measures of one kind deviate about equally; an age beside an income does not. */
const UNLIKE = 10;

const rounded = (value: number) => Number(value.toPrecision(4));

/**
 * Mean and deviation of each feature, for samples whose features are measured in different units: by one number for all, those in small
 * units would be next to nothing for the model.
 *
 * @returns undefined for images, for features that deviate about equally, and for more of them than a manifest can state.
 */
export async function featureScales(dataset: Dataset): Promise<Normalisation | undefined> {
  const [features = 0, ...more] = dataset.inputShape;
  if (more.length > 0 || features > MOST_FEATURES) return undefined;
  const step = Math.max(1, Math.floor(dataset.size / LOOKED_AT));
  const indices = Array.from({ length: Math.min(LOOKED_AT, dataset.size) }, (_, i) => i * step);
  const { inputs } = await dataset.readBatch(indices);
  const mean = new Array<number>(features).fill(0);
  const squares = new Array<number>(features).fill(0);
  inputs.forEach((value, i) => {
    (mean[i % features] as number) += value / indices.length;
  });
  inputs.forEach((value, i) => {
    (squares[i % features] as number) += (value - (mean[i % features] as number)) ** 2;
  });
  const deviation = squares.map((sum) => Math.sqrt(sum / indices.length));
  const changing = deviation.filter((each) => each > 0).sort((a, b) => a - b);
  const middle = changing[Math.floor(changing.length / 2)];
  const isAlike = middle === undefined || (changing.at(-1) as number) <= UNLIKE * middle;
  if (isAlike) return undefined;
  return { mean: mean.map(rounded), deviation: deviation.map((each) => rounded(each) || 1) };
}
