/** Round values from 0 to at least `max`, evenly spaced, at most `count + 1` of them. */
export function niceTicks(max: number, count: number): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0, 1];
  const rough = max / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * magnitude).find((each) => each >= rough);
  const width = step ?? 10 * magnitude;
  const steps = Math.ceil(max / width - 1e-9);
  // Multiples rather than sums: 0.1 added three times is not 0.3.
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * width).toPrecision(12)));
}

/** Of `count` labels along an axis, every how many there is room for, at `least` pixels each. */
export function labelStep(count: number, pixels: number, least: number): number {
  const fitting = Math.max(1, Math.floor(pixels / least));
  return Math.max(1, Math.ceil(count / fitting));
}
