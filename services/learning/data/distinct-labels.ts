import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";

/** As many classes as a manifest names at most. */
export const MOST_CLASSES = 10_000;

/** Labels as they are written, each different one once. */
export interface DistinctLabels {
  /** For messages: where they come from. */
  readonly name: string;
  /** The different labels, all texts or all numbers, in the order in which they were met. */
  readonly values: readonly string[] | readonly number[];
  /** The first sample of each. */
  readonly firstSamples: readonly number[];
  /** Of each sample, the position of its label among `values`. */
  readonly places: Int32Array;
}

/**
 * Gathers the labels of samples piece by piece, so that millions of texts are kept as numbers.
 *
 * @throws CommonweightError CW3105 from `add` when there are more different ones than there can be classes: an amount, or an identifier.
 */
export function gatherLabels<Label extends string | number>(name: string, size: number) {
  const found = new Map<Label, number>();
  const firstSamples: number[] = [];
  const places = new Int32Array(size);
  let sample = 0;
  return {
    add(labels: Iterable<Label>): void {
      for (const label of labels) {
        let place = found.get(label);
        if (place === undefined) {
          place = found.size;
          if (place === MOST_CLASSES) throw tooMany(name, label);
          found.set(label, place);
          firstSamples.push(sample);
        }
        places[sample++] = place;
      }
    },
    all: () => ({ name, values: [...found.keys()], firstSamples, places }),
  };
}

function tooMany(name: string, label: string | number): CommonweightError {
  const advice =
    typeof label === "number" ? "; to learn an amount, divide it into ranges first" : "";
  return new CommonweightError(
    learningErrors.dataUnfit,
    `${name}: more than ${MOST_CLASSES} different labels${advice}`,
  );
}
