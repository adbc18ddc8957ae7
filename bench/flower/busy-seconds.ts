/** How long at least one of several pieces of work was under way: each has a beginning and an end, in seconds. */
export function busySeconds(pieces: readonly (readonly [number, number])[]): number {
  let [busy, until] = [0, Number.NEGATIVE_INFINITY];
  for (const [from, to] of [...pieces].sort(([left], [right]) => left - right)) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return busy;
}
