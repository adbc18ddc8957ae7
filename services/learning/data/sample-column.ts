import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import { isTargetName } from "./describe-table.ts";
import { isImage } from "./formats/decode-image.ts";
import type { ParquetColumn } from "./formats/parquet/parquet-column.ts";
import { valuesByRow } from "./formats/parquet/read-cells.ts";
import { readLeaf } from "./formats/parquet/read-leaf.ts";
import { groupsOfRows, leafIn, type ParquetSource } from "./parquet-source.ts";
import { nameIn } from "./plain-name.ts";

function unfit({ name }: ParquetSource, message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataUnfit, `${name}: ${message}`);
}

const quotedNames = (columns: readonly ParquetColumn[]) =>
  nameSome(columns.map(({ name }) => `"${name}"`));

/** Which columns may be the samples. */
export interface SampleColumnOptions {
  /** What the project calls the columns of its samples. */
  readonly columns?: readonly string[] | undefined;
  /** Columns that nobody wants. */
  readonly drop?: readonly string[] | undefined;
}

/**
 * The column of which one value is a whole sample: images, or lists of numbers.
 *
 * @returns undefined for a table, whose samples are rows.
 * @throws CommonweightError CW3105 when there are several columns of images.
 */
export async function sampleColumn(
  source: ParquetSource,
  { columns, drop = [] }: SampleColumnOptions = {},
): Promise<ParquetColumn | undefined> {
  const images: ParquetColumn[] = [];
  const isDropped = nameIn(drop);
  const wanted = source.columns.filter(({ name }) => !isDropped(name));
  for (const column of wanted) {
    if (column.kind === "image" || (await holdsImages(source, column))) images.push(column);
  }
  const lists = wanted.filter(({ kind }) => kind === "list");
  if (columns !== undefined) {
    const isNamed = nameIn(columns);
    return [...images, ...lists].find(({ name }) => isNamed(name));
  }
  const [image, ...others] = images.filter(({ name }) => /^(image|img)$/i.test(name));
  if (images.length === 1 || (image && others.length === 0)) return image ?? images[0];
  if (images.length === 0) return lists.length === 1 ? lists[0] : undefined;
  throw unfit(
    source,
    `images in columns ${quotedNames(images)}; leave one of them, or call it "image"`,
  );
}

/** Whether the first bytes that are in a column are an image. */
async function holdsImages(source: ParquetSource, column: ParquetColumn): Promise<boolean> {
  if (column.kind !== "bytes") return false;
  const [first] = groupsOfRows(source).filter(({ rows }) => rows > 0);
  if (first === undefined) return false;
  const leaf = leafIn(first.file, column);
  const values = valuesByRow(await readLeaf(first.file, first.groupIndex, leaf), leaf);
  for (const value of values) {
    if (value !== undefined) return value instanceof Uint8Array && isImage(value);
  }
  return false;
}

/** The column of the class: what it is called like one, or the only one beside the samples. @throws CommonweightError CW3105 for none */
export function labelColumn(source: ParquetSource, target: string | undefined): ParquetColumn {
  const cells = source.columns.filter(({ kind }) => kind === "cell");
  if (target !== undefined) {
    const named = cells.find(({ name }) => name === target);
    if (named !== undefined) return named;
    throw unfit(
      source,
      `there is no column "${target}" of classes; there are ${quotedNames(cells)}`,
    );
  }
  const [only, ...others] = cells;
  const found = cells.find(({ name }) => isTargetName(name));
  if (found !== undefined) return found;
  if (only !== undefined && others.length === 0) return only;
  throw unfit(
    source,
    only === undefined
      ? "there is no column of classes: numbers or words beside the samples"
      : `no column is called like a class; name one of ${quotedNames(cells)} with --target, or call it "label"`,
  );
}
