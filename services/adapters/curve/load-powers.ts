import type { Bn128 } from "ffjavascript";
import type { LongCallOptions } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { checkPowers } from "./check-powers.ts";
import { developmentPowers, type PowersOfTau } from "./development-powers.ts";
import { curveErrors } from "./errors.ts";
import { g2Bytes } from "./point-arithmetic.ts";
import { secureRandomBytes } from "./random-bytes.ts";
import { memoryFile, type RandomAccess, readPowers, writePowers } from "./srs-file.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Where powers of tau come from; development powers when neither path nor bytes are given. */
export interface PowersSource extends LongCallOptions {
  /** A `.ptau` file; Node only. */
  readonly srsPath?: string | undefined;
  /** The content of a `.ptau` file, or of its beginning. */
  readonly srsBytes?: Uint8Array | undefined;
  /** How many powers are needed. */
  readonly parameterCount: number;
  /** Folder for development powers and for the checksums of files that passed the check; Node only. */
  readonly cacheDir?: string | undefined;
}

/** Loads powers of tau and checks them, unless this machine has checked the same ones before. */
export async function loadPowers(
  bn: Bn128,
  pool: WorkerPool,
  source: PowersSource,
): Promise<PowersOfTau> {
  const { srsPath, srsBytes, parameterCount } = source;
  if (!Number.isSafeInteger(parameterCount) || parameterCount < 1) {
    throw new CommonweightError(curveErrors.srsTooSmall, "parameterCount must be at least 1");
  }
  if (srsBytes) return readAndCheck(bn, pool, memoryFile(srsBytes), source);
  if (!srsPath) return loadDevelopmentPowers(bn, pool, source);
  const { openFile } = await import("./powers-store.ts");
  await using file = await openFile(srsPath);
  return await readAndCheck(bn, pool, file, source);
}

async function readAndCheck(
  bn: Bn128,
  pool: WorkerPool,
  file: RandomAccess,
  { cacheDir, parameterCount, signal, onProgress }: PowersSource,
): Promise<PowersOfTau> {
  const powers = await readPowers(bn, file, parameterCount);
  const check = () =>
    checkPowers(bn, pool, powers, { signal, onProgress, randomBytes: secureRandomBytes });
  if (!cacheDir) {
    await check();
    return powers;
  }
  const { checksum, isChecked, rememberChecked } = await import("./powers-store.ts");
  const sum = checksum([powers.g1, g2Bytes(bn, powers.tauG2)]);
  if (await isChecked(cacheDir, sum)) return powers;
  await check();
  await rememberChecked(cacheDir, sum);
  return powers;
}

async function loadDevelopmentPowers(
  bn: Bn128,
  pool: WorkerPool,
  { cacheDir, parameterCount, signal, onProgress }: PowersSource,
): Promise<PowersOfTau> {
  if (!cacheDir) return developmentPowers(bn, pool, parameterCount, { signal, onProgress });
  const { findDevelopmentPowers, storeDevelopmentPowers } = await import("./powers-store.ts");
  const stored = await findDevelopmentPowers(cacheDir, parameterCount);
  if (stored) return readPowers(bn, memoryFile(stored), parameterCount);
  const powers = await developmentPowers(bn, pool, parameterCount, { signal, onProgress });
  await storeDevelopmentPowers(cacheDir, parameterCount, writePowers(bn, powers));
  return powers;
}
