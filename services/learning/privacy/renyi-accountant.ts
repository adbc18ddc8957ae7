import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";

/** One or more equal releases through the (sampled) Gaussian mechanism. */
export interface GaussianRelease {
  /** Standard deviation of the noise divided by how far one change of the data can move the result. */
  readonly noiseToSensitivity: number;
  /** Probability that the protected record takes part in a release; 1 unless drawn at random and in secret. */
  readonly samplingRate?: number | undefined;
  readonly releases: number;
}

/** Integer orders of the Rényi divergence; the best one depends on noise and number of releases. */
export const RENYI_ORDERS: readonly number[] = [
  ...Array.from({ length: 63 }, (_, i) => i + 2),
  ...[72, 80, 96, 128, 160, 192, 256, 320, 384, 512, 768, 1024],
];

/** Orders between 1 and 2, only for the plain mechanism: they serve large epsilons, where noise is small. */
const FRACTIONAL_ORDERS: readonly number[] = Array.from(
  { length: 99 },
  (_, i) => 1 + (i + 1) / 100,
);

function logSumExp(values: readonly number[]): number {
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/**
 * Rényi divergence of order alpha of one release. Plain mechanism: `alpha / (2 s^2)` (Mironov 2017, proposition 7).
 * Sampled: Mironov, Talwar and Zhang 2019, section 3.3, for integer orders.
 */
export function gaussianRenyi(alpha: number, release: Omit<GaussianRelease, "releases">): number {
  const { noiseToSensitivity: s, samplingRate: q = 1 } = release;
  if (q === 0) return 0;
  if (q === 1) return alpha / (2 * s * s);
  let logBinomial = 0;
  const terms: number[] = [];
  for (let k = 0; k <= alpha; k++) {
    if (k > 0) logBinomial += Math.log(alpha - k + 1) - Math.log(k);
    terms.push(
      logBinomial + k * Math.log(q) + (alpha - k) * Math.log1p(-q) + (k * k - k) / (2 * s * s),
    );
  }
  return logSumExp(terms) / (alpha - 1);
}

function checkRelease({ noiseToSensitivity, samplingRate = 1, releases }: GaussianRelease): void {
  const isSound = noiseToSensitivity > 0 && samplingRate >= 0 && samplingRate <= 1 && releases >= 0;
  if (!isSound) throw new CommonweightError(learningErrors.privacySettingsInvalid);
}

/**
 * Epsilon at `delta` of all releases together: Rényi divergences add up, then the smallest epsilon over the orders
 * (conversion of Canonne, Kamath and Steinke 2020, proposition 12; at most Mironov's `rdp + log(1/delta)/(alpha-1)`).
 *
 * @throws CommonweightError CW3203 for noise that is not positive, a rate outside 0..1 or delta outside 0..1.
 */
export function privacySpent(
  releases: readonly GaussianRelease[],
  delta: number,
): { epsilon: number; order: number } {
  if (!(delta > 0 && delta < 1)) {
    throw new CommonweightError(learningErrors.privacySettingsInvalid, `delta ${delta}`);
  }
  releases.forEach(checkRelease);
  const isPlain = releases.every(({ samplingRate = 1 }) => samplingRate === 1);
  let best = { epsilon: Number.POSITIVE_INFINITY, order: Number.NaN };
  for (const order of isPlain ? [...FRACTIONAL_ORDERS, ...RENYI_ORDERS] : RENYI_ORDERS) {
    const divergence = releases.reduce(
      (sum, release) => sum + release.releases * gaussianRenyi(order, release),
      0,
    );
    const epsilon =
      divergence + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
    if (epsilon < best.epsilon) best = { epsilon: Math.max(0, epsilon), order };
  }
  return releases.length === 0 ? { epsilon: 0, order: Number.NaN } : best;
}
