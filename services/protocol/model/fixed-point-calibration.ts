import { CommonweightError } from "../errors.ts";
import {
  FRACTION_BITS_RANGE,
  MAX_DITHER_BITS,
  MAX_UPDATE_ENTRY,
  WEIGHT_BITS,
} from "./fixed-point.ts";
import { fixedPointErrors } from "./fixed-point-errors.ts";

/** Entries may be this many times larger in later rounds before they saturate. */
const HEAD_ROOM = 4;
/** The model may grow to this many times its largest first entry. */
const MODEL_HEAD_ROOM = 16;
/** Dither may be this part of the median update's norm. */
const DITHER_PART = 0.1;

/** What a rehearsal measured on honest updates. */
export interface UpdateStatistics {
  /** Largest magnitude of an entry of any honest update. */
  readonly largestEntry: number;
  /** Median norm of honest updates. */
  readonly medianNorm: number;
  /** Largest magnitude of a model entry. */
  readonly largestModelEntry: number;
  readonly parameterCount: number;
}

/** Norm of the noise that b dither bits add, in units of the value. Its variance per entry is `(4^b - 1) / 12`. */
export function ditherNorm(options: {
  readonly ditherBits: number;
  readonly fractionBits: number;
  readonly parameterCount: number;
}): number {
  const { ditherBits, fractionBits, parameterCount } = options;
  return Math.sqrt((parameterCount * (4 ** ditherBits - 1)) / 12) / 2 ** fractionBits;
}

/**
 * The finest scale whose integers hold honest updates with room to spare, and as many dither bits as keep the noise under a
 * tenth of the median update (`docs/proof.md` says why).
 *
 * @throws CommonweightError CW1104 when not even the coarsest scale fits.
 */
export function calibrateFixedPoint(statistics: UpdateStatistics): {
  readonly fractionBits: number;
  readonly ditherBits: number;
} {
  const { largestEntry, medianNorm, largestModelEntry, parameterCount } = statistics;
  const fits = (bits: number) =>
    HEAD_ROOM * largestEntry * 2 ** bits <= MAX_UPDATE_ENTRY &&
    MODEL_HEAD_ROOM * largestModelEntry * 2 ** (bits + WEIGHT_BITS) < 2 ** 31;
  let fractionBits: number = FRACTION_BITS_RANGE.max;
  while (fractionBits >= FRACTION_BITS_RANGE.min && !fits(fractionBits)) fractionBits--;
  if (fractionBits < FRACTION_BITS_RANGE.min) {
    throw new CommonweightError(
      fixedPointErrors.calibrationImpossible,
      `largest update entry ${largestEntry}, largest model entry ${largestModelEntry}`,
    );
  }
  let ditherBits = 0;
  const isQuiet = (bits: number) =>
    ditherNorm({ ditherBits: bits, fractionBits, parameterCount }) <= DITHER_PART * medianNorm;
  while (ditherBits < MAX_DITHER_BITS && isQuiet(ditherBits + 1)) ditherBits++;
  return { fractionBits, ditherBits };
}
