import type { ColumnMetaData, DecodedArray, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { convert, convertWithDictionary, DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { readDataPage, readDataPageV2 } from "hyparquet/src/datapage.js";
import { readPlain } from "hyparquet/src/plain.js";
import { CommonweightError } from "../../../../protocol/errors.ts";
import { learningErrors } from "../../../errors.ts";
import { DATA_LIMITS } from "../data-limits.ts";
import { nameFileLater } from "../name-file.ts";
import { becameShorter } from "../npy-array.ts";
import { checkDataPage, checkDataPageV2 } from "./check-page.ts";
import { damage } from "./damage.ts";
import type { ParquetFile } from "./open-parquet.ts";
import type { ParquetLeaf } from "./parquet-column.ts";
import { unpackPage } from "./unpack-page.ts";

/** The values of a leaf in one group of rows. */
export interface LeafValues {
  /** Those that are there. */
  readonly values: readonly DecodedArray[];
  /** Of each value that there could be, whether it is there: as many as the leaf's `mostDefined` when it is; empty when all are. */
  readonly definition: readonly number[];
  /** Of lists, at which depth each value goes on: 0 begins a row. */
  readonly repetition: readonly number[];
  /** How many values there could be. */
  readonly count: number;
  /** Bytes of its pages, unpacked. */
  readonly bytes: number;
}

type ColumnDecoder = Parameters<typeof convert>[1];

/** Bytes of fixed length, as numbers of many digits have them. */
const LONGEST_FIXED = 65_536;

/** The texts of a file as they are; what is JSON is not read either. */
const PARSERS = { ...DEFAULT_PARSERS, jsonFromBytes: DEFAULT_PARSERS.stringFromBytes };

/**
 * Reads a leaf in one group of rows.
 *
 * @throws CommonweightError CW3102 when it is damaged, CW3103 when it takes too much memory, CW3104 when it is packed as we do not know;
 * each names the file.
 */
export async function readLeaf(
  file: ParquetFile,
  groupIndex: number,
  leaf: ParquetLeaf,
): Promise<LeafValues> {
  const { source } = file;
  return nameFileLater(source.name, async () => {
    const group = file.groups[groupIndex];
    const path = leaf.path.join("\0");
    const meta = group?.chunks.find(
      ({ meta_data }) => meta_data?.path_in_schema.join("\0") === path,
    )?.meta_data;
    if (group === undefined || meta === undefined) throw damaged("a column is missing", leaf);
    const from = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const length = Number(meta.total_compressed_size);
    requireBytes(length, leaf);
    const bytes = await source.reading((readAt) => readAt(from, length));
    if (bytes.length !== length) throw becameShorter(source.name);
    try {
      return decodeChunk(bytes, meta, { leaf, rows: group.rows });
    } catch (cause) {
      const isRefusal = cause instanceof CommonweightError;
      if (isRefusal && cause.code !== learningErrors.dataMalformed.code) throw cause;
      throw damaged(cause instanceof Error ? cause.message : "", leaf, cause);
    }
  });
}

function damaged(why: string, { path }: ParquetLeaf, cause?: unknown): CommonweightError {
  return new CommonweightError(
    learningErrors.dataMalformed,
    `Parquet: column "${path[0]}" is damaged (${why.slice(0, 160)})`,
    { cause },
  );
}

function requireBytes(bytes: number, { path }: ParquetLeaf): void {
  if (bytes <= DATA_LIMITS.rowGroupBytes) return;
  throw new CommonweightError(
    learningErrors.dataTooLarge,
    `Parquet: column "${path[0]}" has ${bytes} bytes in one group of rows, of at most ${DATA_LIMITS.rowGroupBytes}; write it with smaller ones: pyarrow.parquet.write_table(table, path, row_group_size=1000)`,
  );
}

function decodeChunk(
  bytes: Uint8Array,
  meta: ColumnMetaData,
  { leaf, rows }: { leaf: ParquetLeaf; rows: number },
): LeafValues {
  const { element, schemaPath } = leaf;
  const count = Number(meta.num_values);
  const isRightCount = leaf.mostRepeated > 0 ? count >= rows : count === rows;
  if (!isRightCount || !(count <= DATA_LIMITS.listValues)) {
    throw damage(`${count} values for ${rows} rows`);
  }
  if (!((element.type_length ?? 0) <= LONGEST_FIXED) || meta.type !== element.type) {
    throw damage(`${meta.type} of ${element.type_length} bytes`);
  }
  const decoder: ColumnDecoder = {
    ...{ pathInSchema: [...leaf.path], element, schemaPath, parsers: PARSERS, utf8: false },
    ...{ type: meta.type, codec: "UNCOMPRESSED" },
  };
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  const [values, definition, repetition]: [DecodedArray[], number[], number[]] = [[], [], []];
  let dictionary: DecodedArray | undefined;
  let [seen, unpacked] = [0, 0];
  while (seen < count) {
    const header = parquetHeader(reader);
    const packed = packedPage(bytes, reader.offset, header);
    reader.offset += packed.length;
    unpacked += header.uncompressed_page_size;
    requireBytes(unpacked, leaf);
    if (header.type === "DICTIONARY_PAGE") {
      dictionary = dictionaryOf(header, packed, { decoder, codec: meta.codec, most: count });
      continue;
    }
    if (header.type === "INDEX_PAGE") continue;
    const page = dataPageOf(header, packed, {
      decoder,
      codec: meta.codec,
      leaf,
      left: count - seen,
    });
    const present = presentValues(page, dictionary, decoder);
    appendLevels({ definition, before: seen }, page, leaf);
    appendAll(repetition, page.repetitionLevels);
    values.push(present);
    seen += page.count;
  }
  const begun = leaf.mostRepeated > 0 ? repetition.filter((level) => level === 0).length : seen;
  if (begun !== rows) throw damage(`${begun} rows, not ${rows}`);
  return { values, definition, repetition, count, bytes: unpacked };
}

const isWhole = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

function packedPage(bytes: Uint8Array, from: number, header: PageHeader): Uint8Array {
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
  if (!isWhole(packed, bytes.length - from) || !isWhole(unpacked, DATA_LIMITS.rowGroupBytes)) {
    throw damage(`a page of ${packed} bytes, unpacked ${unpacked}`);
  }
  return bytes.subarray(from, from + packed);
}

function dictionaryOf(
  header: PageHeader,
  packed: Uint8Array,
  { decoder, codec, most }: { decoder: ColumnDecoder; codec: string; most: number },
): DecodedArray {
  const count = header.dictionary_page_header?.num_values;
  // Some writers keep more words than they use, but none more than a page has bytes.
  if (!isWhole(count, Math.max(most, header.uncompressed_page_size))) {
    throw damage(`a dictionary of ${count} values`);
  }
  const page = unpackPage(codec, packed, header.uncompressed_page_size);
  const { type, element } = decoder;
  const words = readPlain({ view: viewOf(page), offset: 0 }, type, count, element.type_length);
  return convert(words, decoder);
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface DataPage {
  readonly count: number;
  readonly encoding: NonNullable<PageHeader["data_page_header"]>["encoding"];
  readonly definitionLevels: readonly number[];
  readonly repetitionLevels: readonly number[];
  readonly dataPage: DecodedArray;
}

function dataPageOf(
  header: PageHeader,
  packed: Uint8Array,
  of: {
    readonly decoder: ColumnDecoder;
    readonly codec: string;
    readonly leaf: ParquetLeaf;
    readonly left: number;
  },
): DataPage {
  const { decoder, codec, leaf, left } = of;
  const { data_page_header: first, data_page_header_v2: second } = header;
  const about = header.type === "DATA_PAGE" ? first : second;
  if (about === undefined || !isWhole(about.num_values, left) || about.encoding === undefined) {
    throw damage(`a page of ${about?.num_values} values where ${left} are left`);
  }
  const { num_values: count, encoding } = about;
  if (header.type === "DATA_PAGE") {
    const page = unpackPage(codec, packed, header.uncompressed_page_size);
    const own = first as NonNullable<typeof first>;
    checkDataPage(page, own, leaf);
    return levelled(readDataPage(page, own, decoder), { count, encoding });
  }
  const own = second as NonNullable<typeof second>;
  const levels = own.repetition_levels_byte_length + own.definition_levels_byte_length;
  const bytes = header.uncompressed_page_size - levels;
  const areLevels =
    isWhole(own.repetition_levels_byte_length, packed.length) && isWhole(levels, packed.length);
  if (!areLevels || !isWhole(own.num_nulls, count) || bytes < 0) throw damage("a page's levels");
  const isPacked = own.is_compressed !== false;
  const data = unpackPage(isPacked ? codec : "UNCOMPRESSED", packed.subarray(levels), bytes);
  const page = new Uint8Array(levels + data.length);
  page.set(packed.subarray(0, levels));
  page.set(data, levels);
  checkDataPageV2(page, own, leaf);
  return levelled(readDataPageV2(page, header, decoder), { count, encoding });
}

function levelled(
  read: ReturnType<typeof readDataPage>,
  { count, encoding }: Pick<DataPage, "count" | "encoding">,
): DataPage {
  const { definitionLevels = [], repetitionLevels, dataPage } = read;
  return { count, encoding, definitionLevels, repetitionLevels, dataPage };
}

/** The values that are there, of which none may be one that its dictionary lacks. */
function presentValues(
  { encoding, dataPage }: DataPage,
  dictionary: DecodedArray | undefined,
  decoder: ColumnDecoder,
): DecodedArray {
  const isCoded = encoding.endsWith("_DICTIONARY");
  if (isCoded && dictionary === undefined) throw damage("its dictionary is missing");
  if (isCoded && dictionary !== undefined && !isTyped(dataPage)) {
    for (const place of dataPage) {
      if (!isWhole(place, dictionary.length - 1)) throw damage(`no word ${place}`);
    }
  }
  // Zero bits a place: all are the first word.
  if (isCoded && isTyped(dataPage) && dataPage.length > 0 && dictionary?.length === 0) {
    throw damage("its dictionary is empty");
  }
  const values = convertWithDictionary(dataPage, dictionary, encoding, decoder);
  if (!isTyped(values) && values.includes(undefined)) throw damage("values are missing");
  return values;
}

const isTyped = (values: DecodedArray): values is Exclude<DecodedArray, unknown[]> =>
  ArrayBuffer.isView(values);

/** Keeps levels only once a value is missing: most columns have all. */
function appendLevels(
  { definition, before }: { definition: number[]; before: number },
  { count, definitionLevels, dataPage }: DataPage,
  { mostDefined }: ParquetLeaf,
): void {
  const present = definitionLevels.filter((level) => level === mostDefined).length;
  const expected = definitionLevels.length === 0 ? count : present;
  if (dataPage.length !== expected) throw damage(`${dataPage.length} values, not ${expected}`);
  if (expected === count && definition.length === 0) return;
  while (definition.length < before) definition.push(mostDefined);
  if (definitionLevels.length > 0) appendAll(definition, definitionLevels);
  else for (let i = 0; i < count; i++) definition.push(mostDefined);
}

function appendAll(list: number[], more: readonly number[]): void {
  for (const each of more) list.push(each);
}
