import type { PageHeader } from "hyparquet";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { damage } from "./damage.ts";
import type { ParquetLeaf } from "./parquet-column.ts";

/** Texts that are told by what they share with the one before may be far longer than their page. */
const MOST_SHARED_BYTES = 64 * 1024 * 1024;
/** Values that a run of packed bits may have beyond the last one: whole groups are written. */
const MOST_PADDING = 512;

const bitWidth = (most: number) => 32 - Math.clz32(most);

/**
 * Looks whether a page's runs are as long as its values are many. The reader that follows believes them: a bit in a length could have it
 * fill the memory.
 *
 * @param page The page of version 1, unpacked.
 * @throws CommonweightError CW3102 where they are not.
 */
export function checkDataPage(
  page: Uint8Array,
  header: NonNullable<PageHeader["data_page_header"]>,
  leaf: ParquetLeaf,
): void {
  const view = viewOf(page);
  const { num_values: count, encoding } = header;
  let at = 0;
  for (const [most, levels] of [
    [leaf.mostRepeated, header.repetition_level_encoding],
    [leaf.mostDefined, header.definition_level_encoding],
  ] as const) {
    if (most === 0) continue;
    if (levels !== "RLE") throw damage(`levels are coded as ${levels}`);
    const end = at + 4 + view.getUint32(at, true);
    checkRuns(view, { from: at + 4, to: end, width: bitWidth(most), least: count, most: count });
    at = end;
  }
  checkValues(view, at, { count, encoding, leaf });
}

/** {@link checkDataPage} for one of version 2. @param page Levels as they are, then the values, unpacked */
export function checkDataPageV2(
  page: Uint8Array,
  header: NonNullable<PageHeader["data_page_header_v2"]>,
  leaf: ParquetLeaf,
): void {
  const view = viewOf(page);
  const { num_values: count, encoding } = header;
  let at = 0;
  for (const [most, bytes] of [
    [leaf.mostRepeated, header.repetition_levels_byte_length],
    [leaf.mostDefined, header.definition_levels_byte_length],
  ] as const) {
    const end = at + bytes;
    if (most > 0) {
      checkRuns(view, { from: at, to: end, width: bitWidth(most), least: count, most: count });
    }
    at = end;
  }
  checkValues(view, at, { count, encoding, leaf });
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function checkValues(
  view: DataView,
  at: number,
  of: { readonly count: number; readonly encoding: string; readonly leaf: ParquetLeaf },
): void {
  const { count, encoding, leaf } = of;
  const to = view.byteLength;
  const isBoolean = leaf.element.type === "BOOLEAN";
  if (encoding === "DELTA_BYTE_ARRAY") checkPrefixes(view, at, count);
  if (!/^(RLE|PLAIN_DICTIONARY|RLE_DICTIONARY)$/.test(encoding) || at >= to) return;
  // Booleans are one bit each, with the length of all before them; places in a dictionary say how many bits they are.
  const width = isBoolean ? 1 : view.getUint8(at);
  if (width > 32) throw damage(`values of ${width} bits`);
  checkRuns(view, { from: at + (isBoolean ? 4 : 1), to, width, least: 0, most: count });
}

/** Walks over runs of equal values and of packed bits, without reading a value. */
function checkRuns(
  view: DataView,
  runs: {
    readonly from: number;
    readonly to: number;
    readonly width: number;
    readonly least: number;
    readonly most: number;
  },
): void {
  const { to, width, least, most } = runs;
  if (to > view.byteLength) throw damage("runs reach past their page");
  const reader = { view, offset: runs.from };
  let seen = 0;
  while (seen < most && reader.offset < to) {
    const header = readVarInt(reader);
    const isPacked = (header & 1) === 1;
    const count = isPacked ? (header >>> 1) * 8 : header >>> 1;
    if (count > most - seen + (isPacked ? MOST_PADDING : 0)) {
      throw damage(`a run of ${count} values where ${most - seen} are left`);
    }
    seen += count;
    reader.offset += isPacked ? (header >>> 1) * width : (width + 7) >> 3;
  }
  if (seen < least) throw damage(`${seen} levels for ${least} values`);
}

function checkPrefixes(view: DataView, at: number, most: number): void {
  const reader = { view, offset: at };
  readVarInt(reader);
  readVarInt(reader);
  const count = Math.min(most, readVarInt(reader) >>> 0);
  if (count === 0) return;
  const prefixes = new Int32Array(count);
  deltaBinaryUnpack({ view, offset: at }, count, prefixes);
  let sum = 0;
  for (const prefix of prefixes) {
    sum += prefix;
    if (prefix < 0 || sum > MOST_SHARED_BYTES) throw damage("texts that share too much");
  }
}
