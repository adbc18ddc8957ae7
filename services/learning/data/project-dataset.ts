import { type Dataset, type Normalisation, normaliseDataset } from "./dataset.ts";
import { seenAs } from "./reshape-to-model.ts";

/** What a manifest says about samples. */
export interface ProjectData {
  readonly inputShape: readonly number[];
  readonly normalisation?: Normalisation | undefined;
}

/**
 * Samples as the project's model takes them: in its input shape and normalised. Trainers and referee must use the same, or
 * r points somewhere else than honest updates.
 *
 * @throws CommonweightError CW3105 when the normalisation does not fit the shape.
 */
export function projectDataset(dataset: Dataset, data: ProjectData): Dataset {
  const shaped = seenAs(dataset, data.inputShape);
  return data.normalisation ? normaliseDataset(shaped, data.normalisation) : shaped;
}
