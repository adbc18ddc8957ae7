/** Projects that are read at a time. A node refuses a call that reads thousands, and anybody may post as many as it likes. */
export const PROJECTS_AT_ONCE = 50;

/**
 * The newest projects of a market, a page at a time.
 *
 * @param options.count How many there are; their ids run from 1 to this.
 * @param options.most How many to read at most.
 * @param options.read Reads projects `firstId` to `firstId + limit - 1`.
 */
export async function readNewest<T>(options: {
  readonly count: number;
  readonly most: number;
  readonly read: (firstId: bigint, limit: number) => Promise<readonly T[]>;
}): Promise<T[]> {
  const { count, most, read } = options;
  const first = Math.max(1, count - most + 1);
  const pages: Promise<readonly T[]>[] = [];
  for (let from = first; from <= count; from += PROJECTS_AT_ONCE) {
    pages.push(read(BigInt(from), Math.min(PROJECTS_AT_ONCE, count - from + 1)));
  }
  return (await Promise.all(pages)).flat();
}
