/** Below which part of an even share a class counts as rare. */
const RARE_SHARE = 0.25;

/** Places of the classes that have samples, but few beside an even share. */
export function rareClasses(counts: readonly number[]): number[] {
  const rareBelow = (RARE_SHARE * counts.reduce((sum, count) => sum + count, 0)) / counts.length;
  return counts.flatMap((count, k) => (count > 0 && count < rareBelow ? [k] : []));
}
