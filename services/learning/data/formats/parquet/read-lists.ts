import { CommonweightError } from "../../../../protocol/errors.ts";
import { learningErrors } from "../../../errors.ts";
import type { ParquetLeaf } from "./parquet-column.ts";
import type { LeafValues } from "./read-leaf.ts";

/** Lists of one group of rows, all of the same lengths. */
export interface NumberLists {
  /** Lengths from the outermost list to the innermost. */
  readonly shape: readonly number[];
  /** Row after row. */
  readonly values: Float32Array;
}

const unlike = (message: string) =>
  new CommonweightError(learningErrors.dataUnfit, `${message}; all rows need as many numbers`);

/**
 * Lays lists of numbers out as an array.
 *
 * @throws CommonweightError CW3105 for a list that is empty, lacks a number or has another length than the first one.
 */
export function numberLists(read: LeafValues, leaf: ParquetLeaf): NumberLists {
  const { values, definition, repetition, count } = read;
  const missing = definition.findIndex((level) => level !== leaf.mostDefined);
  const rowOf = (place: number) =>
    repetition.slice(0, place + 1).filter((level) => level === 0).length;
  if (missing >= 0) throw unlike(`the list of row ${rowOf(missing)} is empty or lacks a number`);
  const shape = shapeOfFirst(repetition, leaf.mostRepeated);
  const strides = shape.map((_, depth) => shape.slice(depth).reduce((all, side) => all * side, 1));
  const wrong = repetition.findIndex((level, place) => {
    const begun = strides.findIndex((stride) => place % stride === 0);
    return level !== (begun < 0 ? leaf.mostRepeated : begun);
  });
  if (wrong >= 0 || count % (strides[0] ?? 1) !== 0) {
    // Where a row begins too early, the one before it was too short.
    const row = wrong >= 0 ? rowOf(wrong) - (repetition[wrong] === 0 ? 1 : 0) : rowOf(count);
    throw unlike(`the list of row ${row} is not of the length of the first, [${shape}]`);
  }
  const all = new Float32Array(count);
  let at = 0;
  for (const chunk of values) for (const value of chunk) all[at++] = Number(value);
  return { shape, values: all };
}

/** Lengths of the first row's lists, by where its values begin a list of each depth. */
function shapeOfFirst(repetition: readonly number[], depths: number): number[] {
  const second = repetition.indexOf(0, 1);
  const first = repetition.slice(0, second < 0 ? repetition.length : second);
  const begun = Array.from(
    { length: depths },
    (_, depth) => first.filter((level) => level <= depth + 1).length,
  );
  return begun.map((lists, depth) => lists / (begun[depth - 1] ?? 1));
}
