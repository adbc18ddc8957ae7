/**
 * The update with all but its `count` largest entries (by magnitude) set to zero; among equals the earlier ones stay.
 *
 * A sparse update compresses to little more than the kept entries and, where the curve skips zeros, commits faster. It loses what the
 * small entries meant and all dithering of them, so a project's terms should say whether its trainers may do this.
 */
export function keepLargest(update: Int16Array, count: number): Int16Array {
  if (count >= update.length) return update.slice();
  const histogram = new Uint32Array(32769);
  for (const value of update)
    histogram[Math.abs(value)] = (histogram[Math.abs(value)] as number) + 1;
  let threshold = 32768;
  let above = 0;
  while (threshold > 0 && above + (histogram[threshold] as number) <= count)
    above += histogram[threshold--] as number;
  let left = count - above;
  return update.map((value) => {
    const magnitude = Math.abs(value);
    if (magnitude > threshold) return value;
    return magnitude === threshold && left-- > 0 ? value : 0;
  });
}
