import { CommonweightError } from "../../../../protocol/errors.ts";
import { learningErrors } from "../../../errors.ts";
import { cellText } from "./cell-text.ts";
import type { ParquetFile } from "./open-parquet.ts";
import type { ParquetLeaf } from "./parquet-column.ts";
import { type LeafValues, readLeaf } from "./read-leaf.ts";

/**
 * Goes over the values of a leaf without lists, row by row; `undefined` for one that is missing.
 *
 * @example [...valuesByRow({ values: [[7]], definition: [0, 1], … }, leaf)] // [undefined, 7]
 */
export function* valuesByRow(
  { values, definition, count }: LeafValues,
  { mostDefined }: ParquetLeaf,
): Generator<unknown> {
  let [chunk, at] = [0, 0];
  for (let row = 0; row < count; row++) {
    if (definition.length > 0 && definition[row] !== mostDefined) {
      yield undefined;
      continue;
    }
    while (at === (values[chunk]?.length ?? 1)) [chunk, at] = [chunk + 1, 0];
    yield values[chunk]?.[at++];
  }
}

/** The cells of a column in one group of rows, as texts. @throws CommonweightError as `readLeaf`, CW3104 for bytes that are no text */
export async function readCells(
  file: ParquetFile,
  groupIndex: number,
  leaf: ParquetLeaf,
): Promise<string[]> {
  const read = await readLeaf(file, groupIndex, leaf);
  const { element } = leaf;
  try {
    return Array.from(valuesByRow(read, leaf), (value) => cellText(value, element));
  } catch (cause) {
    throw new CommonweightError(
      learningErrors.dataUnsupported,
      `${file.source.name}: column "${leaf.path[0]}" has bytes that are no text, no PNG and no JPEG image, or dates beyond all years`,
      { cause },
    );
  }
}
