import { CommonweightError } from "../errors.ts";
import type { RandomBytes } from "../scalar.ts";
import { fixedPointErrors } from "./fixed-point-errors.ts";

/** Weights are parts of 2^10, so a model has ten fraction bits more than updates. */
export const WEIGHT_BITS = 10;
/** Bounds of a project's fraction bits f: an update entry e means `e / 2^f`. */
export const FRACTION_BITS_RANGE = { min: 8, max: 16 } as const;
/** Most low bits of dither. */
export const MAX_DITHER_BITS = 12;
/** Largest magnitude of an update entry; symmetric, so that a negated update is one too. */
export const MAX_UPDATE_ENTRY = 32_767;

const INT32_LIMIT = 2 ** 31;
const BYTES_PER_ENTRY = 4;
/** Entries per request for random bytes: the Web Crypto API gives at most 65,536 bytes at once. */
const ENTRIES_PER_REQUEST = 65_536 / BYTES_PER_ENTRY;

/** What became of a float vector. Saturation is the caller's to report: it changes the update. */
export interface QuantisedUpdate {
  readonly entries: Int16Array;
  /** Entries that were outside the range and were cut to it. */
  readonly saturatedCount: number;
}

function requireScale(fractionBits: number, ditherBits = 0): void {
  const { min, max } = FRACTION_BITS_RANGE;
  const isScale = Number.isInteger(fractionBits) && fractionBits >= min && fractionBits <= max;
  const isDither = Number.isInteger(ditherBits) && ditherBits >= 0 && ditherBits <= MAX_DITHER_BITS;
  if (!isScale || !isDither) {
    throw new CommonweightError(
      fixedPointErrors.scaleUnsupported,
      `${fractionBits} fraction bits, ${ditherBits} dither bits`,
    );
  }
}

function requireFinite(value: number, index: number): void {
  if (!Number.isFinite(value)) {
    throw new CommonweightError(fixedPointErrors.notFinite, `entry ${index} is ${value}`);
  }
}

/**
 * Turns an update into int16 entries with stochastic rounding: the expected entry is exactly `value * 2^f`.
 * With b dither bits every entry also gets uniform noise of 2^b values around zero, so that a forged coordinate of
 * somebody else survives against honest trainers with probability about 2^-b each (`docs/proof.md`).
 *
 * @throws CommonweightError CW1100 for NaN or infinity, CW1101 for a scale out of range.
 */
export function quantiseUpdate(options: {
  readonly values: Float32Array | Float64Array;
  /** f, the project's. */
  readonly fractionBits: number;
  /** b; 0 for none. */
  readonly ditherBits: number;
  /** Must be unpredictable, or dithering protects nobody. */
  readonly randomBytes: RandomBytes;
}): QuantisedUpdate {
  const { values, fractionBits, ditherBits, randomBytes } = options;
  requireScale(fractionBits, ditherBits);
  const scale = 2 ** fractionBits;
  const centre = (2 ** ditherBits - 1) / 2;
  const entries = new Int16Array(values.length);
  let saturatedCount = 0;
  let random: DataView = new DataView(new ArrayBuffer(0));
  for (let index = 0; index < values.length; index++) {
    const place = index % ENTRIES_PER_REQUEST;
    if (place === 0) random = randomView(randomBytes, values.length - index);
    const value = values[index] as number;
    requireFinite(value, index);
    // Half a step up, so that 65,536 possible fractions average to exactly one half.
    const rounding = (random.getUint16(place * BYTES_PER_ENTRY) + 0.5) / 65_536;
    const dither = random.getUint16(place * BYTES_PER_ENTRY + 2) >> (16 - ditherBits);
    const entry = Math.floor(value * scale + rounding + dither - centre);
    const cut = Math.max(-MAX_UPDATE_ENTRY, Math.min(MAX_UPDATE_ENTRY, entry));
    if (cut !== entry) saturatedCount++;
    entries[index] = cut;
  }
  return { entries, saturatedCount };
}

function randomView(randomBytes: RandomBytes, entriesLeft: number): DataView {
  const bytes = randomBytes(Math.min(entriesLeft, ENTRIES_PER_REQUEST) * BYTES_PER_ENTRY);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The values of update entries, exactly. */
export function updateValues(entries: Int16Array, fractionBits: number): Float32Array {
  requireScale(fractionBits);
  return Float32Array.from(entries, (entry) => entry / 2 ** fractionBits);
}

/**
 * Turns a model into int32 entries at scale `2^-(f + 10)`, each rounded to the nearest.
 *
 * @throws CommonweightError CW1100 for NaN or infinity, CW1101 for a scale out of range, CW1102 for an entry outside
 * int32: an initial model must fit, so nothing is cut.
 */
export function quantiseModel(
  values: Float32Array | Float64Array,
  fractionBits: number,
): Int32Array {
  requireScale(fractionBits);
  const scale = 2 ** (fractionBits + WEIGHT_BITS);
  const entries = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    requireFinite(value, index);
    entries[index] = requireInt32(Math.round(value * scale), index);
  }
  return entries;
}

/** The values of model entries, exactly: every int32 at a binary scale is a double. */
export function modelValues(entries: Int32Array, fractionBits: number): Float64Array {
  requireScale(fractionBits);
  return Float64Array.from(entries, (entry) => entry / 2 ** (fractionBits + WEIGHT_BITS));
}

function requireInt32(entry: number, index: number): number {
  if (entry < -INT32_LIMIT || entry >= INT32_LIMIT) {
    throw new CommonweightError(fixedPointErrors.modelOverflow, `entry ${index} is ${entry}`);
  }
  return entry;
}

/**
 * `sum_i weights[i] * updates[i]`: the aggregate of a round and the next round's slot 2. Below 2^25 in size when the
 * weights sum to 1024.
 *
 * @param updates One per trainer; null for a weight of 0 whose entries are not at hand.
 * @throws CommonweightError CW1103 when lengths differ or an update with a weight is missing, CW1102 on overflow.
 */
export function aggregateUpdates(options: {
  readonly updates: readonly (Int16Array | null)[];
  readonly weights: readonly number[];
  readonly parameterCount: number;
}): Int32Array {
  const { updates, weights, parameterCount } = options;
  const mismatch = (reason: string) =>
    new CommonweightError(fixedPointErrors.lengthMismatch, reason);
  if (updates.length !== weights.length) {
    throw mismatch(`${updates.length} updates, ${weights.length} weights`);
  }
  const sum = new Float64Array(parameterCount);
  for (const [trainer, update] of updates.entries()) {
    const weight = weights[trainer] as number;
    if (weight === 0) continue;
    if (update?.length !== parameterCount) throw mismatch(`update ${trainer}: ${update?.length}`);
    for (let index = 0; index < parameterCount; index++) {
      sum[index] = (sum[index] as number) + weight * (update[index] as number);
    }
  }
  return Int32Array.from(sum, requireInt32);
}

/**
 * The model after a round: `model + aggregate`, integer for integer.
 *
 * @throws CommonweightError CW1103 when lengths differ, CW1102 when an entry leaves int32.
 */
export function appliedModel(model: Int32Array, aggregate: Int32Array): Int32Array {
  if (model.length !== aggregate.length) {
    throw new CommonweightError(fixedPointErrors.lengthMismatch);
  }
  return model.map((entry, index) => requireInt32(entry + (aggregate[index] as number), index));
}
