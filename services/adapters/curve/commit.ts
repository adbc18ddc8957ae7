import type { Bn128 } from "ffjavascript";
import type { G1Point, LongCallOptions } from "../../protocol/curve.ts";
import { g1Point } from "./point-arithmetic.ts";
import { portion } from "./shared-bytes.ts";
import { chooseWindows, type Windows } from "./tasks/digits.ts";
import type { MultiScalarTask } from "./tasks/multi-scalar.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Bases that a worker holds at once: 2^19 points and what belongs to them are about 90 MB of its memory. */
const LARGEST_RANGE = 2 ** 19;
/** Tasks a thread and range: enough for progress and abort, few enough not to copy the bases too often. */
const TASKS_PER_THREAD = 3;
const FIELD_BITS = 254;

/** What a multi-scalar multiplication runs on. */
export interface MultiScalarSetup {
  readonly bn: Bn128;
  readonly pool: WorkerPool;
  /** Affine points, 64 bytes each. */
  readonly bases: Uint8Array;
}

/** Scalars, and how to hand some of them to a worker. */
interface ScalarSource {
  readonly length: number;
  readonly bits: number;
  part(from: number, to: number): MultiScalarTask["scalars"];
}

/** `sum_j scalars[j] * bases[j]` for scalars in Montgomery form. */
export function multiplyScalars(
  setup: MultiScalarSetup,
  scalars: Uint8Array,
  options: LongCallOptions = {},
): Promise<G1Point> {
  const source: ScalarSource = {
    length: scalars.byteLength / 32,
    bits: FIELD_BITS,
    part: (from, to) => portion(scalars, from * 32, to * 32),
  };
  return multiply(setup, source, options);
}

/** `sum_j values[j] * bases[j]` for small integers. */
export function multiplyIntegers(
  setup: MultiScalarSetup,
  values: Int16Array | Int32Array,
  options: LongCallOptions = {},
): Promise<G1Point> {
  const source: ScalarSource = {
    length: values.length,
    bits: magnitudeBits(values),
    part: (from, to) => values.slice(from, to),
  };
  return multiply(setup, source, options);
}

/** Bits of the largest magnitude; of the least value that a type has, those of the others. Updates fill few of theirs, and each bit less halves the buckets. */
function magnitudeBits(values: Int16Array | Int32Array): number {
  let set = 0;
  // Of a negative number the bits of one less: -2^k needs no more than 2^k - 1.
  for (let i = 0; i < values.length; i++)
    set |= (values[i] as number) ^ ((values[i] as number) >> 31);
  return Math.max(1, 32 - Math.clz32(set));
}

/** `sum_j scalars[j] * bases[j]` for plain numbers of at most `bits` bits, eight 32-bit words each, lowest first. */
export function multiplyWords(
  setup: MultiScalarSetup,
  words: Uint32Array,
  bits: number,
  options: LongCallOptions = {},
): Promise<G1Point> {
  const source: ScalarSource = {
    length: words.length / 8,
    bits,
    part: (from, to) => words.slice(from * 8, to * 8),
  };
  return multiply(setup, source, options);
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly windows: Windows;
  readonly firstWindow: number;
  readonly taskWindows: number;
}

/** Cuts the work into ranges of bases, and each range into groups of windows. */
function planPieces(count: number, scalarBits: number, threads: number): Piece[] {
  const fewest = Math.ceil(count / LARGEST_RANGE);
  const wholeWindows = chooseWindows(Math.ceil(count / fewest), scalarBits).windowCount;
  const ranges = Math.max(fewest, count < 4096 ? 1 : Math.ceil(threads / wholeWindows));
  const rangeLength = Math.ceil(count / ranges);
  const windows = chooseWindows(rangeLength, scalarBits);
  const wanted = count < 1024 ? 1 : Math.ceil((threads * TASKS_PER_THREAD) / ranges);
  const groups = Math.min(windows.windowCount, wanted);
  const pieces: Piece[] = [];
  for (let range = 0; range < ranges; range++) {
    for (let group = 0; group < groups; group++) {
      const firstWindow = Math.floor((group * windows.windowCount) / groups);
      const next = Math.floor(((group + 1) * windows.windowCount) / groups);
      const from = range * rangeLength;
      const to = Math.min(from + rangeLength, count);
      pieces.push({ from, to, windows, firstWindow, taskWindows: next - firstWindow });
    }
  }
  return pieces.filter(({ from, to }) => from < to);
}

async function multiply(
  { bn, pool, bases }: MultiScalarSetup,
  source: ScalarSource,
  { signal, onProgress }: LongCallOptions,
): Promise<G1Point> {
  let finished = 0;
  const pieces = planPieces(source.length, source.bits, pool.threads);
  const parts = await Promise.all(
    pieces.map(async ({ from, to, windows, firstWindow, taskWindows }) => {
      const task = {
        bases: portion(bases, from * 64, to * 64),
        scalars: source.part(from, to),
        windows,
        firstWindow,
        taskWindows,
      };
      const sum = await pool.run("multiScalar", task, signal);
      finished++;
      onProgress?.(finished / pieces.length, "multi-scalar multiplication");
      return bn.G1.timesScalar(sum, 2n ** BigInt(firstWindow * windows.windowBits));
    }),
  );
  return g1Point(
    bn,
    parts.reduce((total, part) => bn.G1.add(total, part), bn.G1.zero),
  );
}
