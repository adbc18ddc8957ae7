/** Mean of a list; NaN for an empty one. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which a part of the list lies; NaN for an empty list. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** The value in the middle of a list; NaN for an empty one. */
export const median = (values: readonly number[]) => quantile(values, 0.5);

/** Values as parts of their sum, negative ones as zero. */
export function normalised(values: readonly number[]): number[] {
  const clamped = values.map((value) => Math.max(0, value));
  const sum = clamped.reduce((total, value) => total + value, 0);
  return clamped.map((value) => (sum > 0 ? value / sum : 0));
}

/** Mean distance of two lists of shares. */
export function meanDistance(left: readonly number[], right: readonly number[]): number {
  return mean(left.map((value, i) => Math.abs(value - (right[i] as number))));
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal - 1) / 2;
  });
}

/** Spearman's rank correlation, with mean ranks for ties; NaN when one list is constant. */
export function spearman(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [ranks(left), ranks(right)];
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - ma) * ((b[i] as number) - mb)));
  const spread = (list: number[], m: number) => mean(list.map((value) => (value - m) ** 2));
  return covariance / Math.sqrt(spread(a, ma) * spread(b, mb));
}
