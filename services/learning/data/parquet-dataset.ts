import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { gatherLabels } from "./distinct-labels.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { decodeImage } from "./formats/decode-image.ts";
import { nameFile, nameFileLater } from "./formats/name-file.ts";
import { cellText } from "./formats/parquet/cell-text.ts";
import type { ParquetColumn } from "./formats/parquet/parquet-column.ts";
import { valuesByRow } from "./formats/parquet/read-cells.ts";
import { readLeaf } from "./formats/parquet/read-leaf.ts";
import { type NumberLists, numberLists } from "./formats/parquet/read-lists.ts";
import { imageDataset } from "./image-dataset.ts";
import { type ClassNaming, type LabelClasses, labelClasses } from "./label-classes.ts";
import { groupsOfRows, leafIn, type ParquetRows, type ParquetSource } from "./parquet-source.ts";
import { rowDataset } from "./row-dataset.ts";
import { labelColumn } from "./sample-column.ts";
import { unpackedGroups } from "./unpacked-groups.ts";

/** How the rows of a Parquet source become samples. */
export interface ParquetSampleOptions extends ClassNaming {
  /** The column of the class; found by its name without. */
  readonly targetColumn?: string | undefined;
  /** The class is not looked at: each sample gets class 0. */
  readonly isUnlabelled?: boolean | undefined;
}

function unfit({ name }: ParquetSource, message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataUnfit, `${name}: ${message}`);
}

/**
 * Opens samples that are each one value of a column. They are unpacked and decoded when a batch asks for them, a group of rows at a time.
 *
 * @throws CommonweightError CW3105 when no column is the class, or labels are no classes; as `readLeaf`.
 */
export async function openParquetSamples(
  source: ParquetSource,
  column: ParquetColumn,
  options: ParquetSampleOptions,
): Promise<Dataset> {
  const labels = options.isUnlabelled
    ? { labels: new Int32Array(source.rows), classes: options.classes?.length ?? 1 }
    : await readLabels(source, labelColumn(source, options.targetColumn), options);
  return column.kind === "list"
    ? listDataset(source, column, labels)
    : storedImages(source, column, labels);
}

async function readLabels(
  source: ParquetSource,
  column: ParquetColumn,
  naming: ClassNaming,
): Promise<LabelClasses> {
  const { element } = leafIn(source.files[0] as ParquetRows["file"], column);
  const isNumber = /^(INT|FLOAT$|DOUBLE$)/.test(element.type ?? "");
  const gathered = gatherLabels<string | number>(
    `${source.name}: column "${column.name}"`,
    source.rows,
  );
  for (const { file, groupIndex, start } of groupsOfRows(source)) {
    const leaf = leafIn(file, column);
    const read = await readLeaf(file, groupIndex, leaf);
    let row = start;
    for (const value of valuesByRow(read, leaf)) {
      if (value === undefined) {
        throw unfit(source, `sample ${row} has no label in column "${column.name}"; leave it out`);
      }
      gathered.add([isNumber && isAmount(value) ? Number(value) : textOf(value, leaf)]);
      row += 1;
    }
  }
  const ownNames = source.files[0]?.classNames.get(column.name);
  const found = gathered.all() as Parameters<typeof labelClasses>[0];
  return labelClasses(found, { ...naming, ownNames });
}

/** Dates are numbers in the file, too. */
const isAmount = (value: unknown) => typeof value === "number" || typeof value === "bigint";

const textOf = (value: unknown, leaf: ReturnType<typeof leafIn>) =>
  cellText(value, leaf.element).trim();

async function storedImages(
  source: ParquetSource,
  column: ParquetColumn,
  labels: LabelClasses,
): Promise<Dataset> {
  const unpacked = unpackedGroups(source, async ({ file, groupIndex }) => {
    const leaf = leafIn(file, column);
    const read = await readLeaf(file, groupIndex, leaf);
    return { rows: [...valuesByRow(read, leaf)], bytes: read.bytes };
  });
  const nameOf = (index: number) => `${source.name}: "${column.name}" of row ${index + 1}`;
  return imageDataset({
    ...labels,
    nameOf,
    adviceToFit: ({ height, width }) =>
      `; Pillow makes them so before they are written: image.convert(…).resize((${width}, ${height}))`,
    readImage: async (index) => {
      const { rows, group } = await unpacked(index);
      const bytes = rows[index - group.start];
      if (!(bytes instanceof Uint8Array)) {
        throw unfit(
          source,
          `row ${index + 1} has no image in column "${column.name}"; its bytes have to be in the file, not only a path`,
        );
      }
      if (bytes.length > DATA_LIMITS.imageBytes) {
        const message = `${nameOf(index)}: ${bytes.length} bytes`;
        throw new CommonweightError(learningErrors.dataTooLarge, message);
      }
      return nameFileLater(nameOf(index), () => decodeImage(bytes));
    },
  });
}

async function listDataset(
  source: ParquetSource,
  column: ParquetColumn,
  labels: LabelClasses,
): Promise<Dataset> {
  const unpacked = unpackedGroups<NumberLists>(source, async ({ file, groupIndex }) => {
    const leaf = leafIn(file, column);
    const read = await readLeaf(file, groupIndex, leaf);
    const name = `${file.source.name}: column "${column.name}"`;
    const rows = nameFile(name, () => numberLists(read, leaf));
    return { rows, bytes: rows.values.byteLength };
  });
  const inputShape = (await unpacked(0)).rows.shape;
  const length = countValues(inputShape);
  return rowDataset(labels, inputShape, async (index) => {
    const { rows, group } = await unpacked(index);
    if (rows.shape.join() !== inputShape.join()) {
      throw unfit(
        source,
        `row ${index + 1} has numbers of shape [${rows.shape}] in column "${column.name}", the first [${inputShape}]`,
      );
    }
    const from = (index - group.start) * length;
    return rows.values.subarray(from, from + length);
  });
}
