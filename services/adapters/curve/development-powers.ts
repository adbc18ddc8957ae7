import type { Bn128 } from "ffjavascript";
import { type G2Point, type LongCallOptions, SCALAR_FIELD } from "../../protocol/curve.ts";
import { DEVELOPMENT_TAU } from "./development-tau.ts";
import { g2Point } from "./point-arithmetic.ts";
import { montgomeryBytes } from "./scalar-bytes.ts";
import { allocateShared } from "./shared-bytes.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Powers of tau in G1, 64 bytes each as in a `.ptau` file, and tau in G2. */
export interface PowersOfTau {
  readonly g1: Uint8Array;
  readonly tauG2: G2Point;
}

const PIECE = 2 ** 15;

/**
 * Computes development powers of tau, about 4 microseconds of one core each. The same everywhere, because their secret
 * is public: see {@link DEVELOPMENT_TAU}.
 */
export async function developmentPowers(
  bn: Bn128,
  pool: WorkerPool,
  count: number,
  { signal, onProgress }: LongCallOptions = {},
): Promise<PowersOfTau> {
  const g1 = allocateShared(count * 64);
  const generator = bn.G1.toAffine(bn.G1.g);
  const tau = montgomeryBytes(DEVELOPMENT_TAU);
  // Small sets are still spread over all threads.
  const piece = Math.min(PIECE, Math.max(64, Math.ceil(count / pool.threads)));
  const jobs: Promise<void>[] = [];
  let finished = 0;
  let power = 1n;
  for (let from = 0; from < count; from += piece) {
    const length = Math.min(piece, count - from);
    const task = { generator, tau, first: montgomeryBytes(power), count: length };
    jobs.push(
      pool.run("powers", task, signal).then((points) => {
        g1.set(points, from * 64);
        finished += length;
        onProgress?.(finished / count, "development powers of tau");
      }),
    );
    for (let k = 0; k < length; k++) power = (power * DEVELOPMENT_TAU) % SCALAR_FIELD;
  }
  await Promise.all(jobs);
  const tauG2 = bn.G2.toAffine(bn.G2.timesScalar(bn.G2.g, DEVELOPMENT_TAU));
  return { g1, tauG2: g2Point(bn, tauG2) };
}
