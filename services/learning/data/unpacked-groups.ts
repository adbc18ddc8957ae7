import { DATA_LIMITS } from "./formats/data-limits.ts";
import { groupsOfRows, type ParquetRows, type ParquetSource } from "./parquet-source.ts";

/**
 * Reads a group of rows once for many samples, and forgets the one that was not asked for the longest when all take too much memory.
 *
 * @returns What was unpacked of the group in which a row is, and that group.
 */
export function unpackedGroups<Rows>(
  source: ParquetSource,
  unpack: (group: ParquetRows) => Promise<{ readonly rows: Rows; readonly bytes: number }>,
  mostBytes: number = DATA_LIMITS.rowGroupBytes,
): (index: number) => Promise<{ readonly rows: Rows; readonly group: ParquetRows }> {
  const groups = groupsOfRows(source).filter(({ rows }) => rows > 0);
  const kept = new Map<ParquetRows, { readonly rows: Rows; readonly bytes: number }>();
  return async (index) => {
    const group = groups[groupOf(groups, index)] as ParquetRows;
    const found = kept.get(group) ?? (await unpack(group));
    kept.delete(group);
    kept.set(group, found);
    let bytes = [...kept.values()].reduce((sum, each) => sum + each.bytes, 0);
    for (const [other, { bytes: own }] of kept) {
      if (bytes <= mostBytes || other === group) break;
      kept.delete(other);
      bytes -= own;
    }
    return { rows: found.rows, group };
  };
}

/** The last group that begins at or before a row. */
function groupOf(groups: readonly ParquetRows[], index: number): number {
  let [low, high] = [0, groups.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((groups[middle] as ParquetRows).start <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
