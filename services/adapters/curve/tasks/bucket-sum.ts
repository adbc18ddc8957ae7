import { NEGATE } from "../kernels/add-pairs.ts";
import type { WasmMachine } from "../wasm-machine.ts";

const POINT_BYTES = 64;
/** Additions that share one field inversion: enough to make it cheap, few enough to stay in the cache. */
const BATCH = 1024;

/** Room for the tree of additions over `count` points: summing n points takes at most n - 1 additions. */
export interface AdditionSpace {
  readonly results: number;
  readonly pairs: number;
  readonly scratch: number;
}

/** Reserves the space for additions over `count` points. */
export function allocateAdditionSpace(machine: WasmMachine, count: number): AdditionSpace {
  return {
    results: machine.allocate(count * POINT_BYTES),
    pairs: machine.allocate(BATCH * 8),
    scratch: machine.allocate(BATCH * 32),
  };
}

/** Adds points pairwise: `operands` holds two addresses an addition; results go to `out`, 64 bytes each. */
export function addInBatches(
  machine: WasmMachine,
  operands: readonly number[],
  space: AdditionSpace,
  out: number,
): void {
  for (let from = 0; from < operands.length; from += BATCH * 2) {
    const part = operands.slice(from, from + BATCH * 2);
    new Uint32Array(machine.view(), space.pairs, part.length).set(part);
    const target = out + (from / 2) * POINT_BYTES;
    machine.call("wasm_addPairs", space.pairs, part.length / 2, target, space.scratch);
  }
}

/** Sums lists of points: `entries[starts[b]] .. entries[starts[b + 1] - 1]` for every bucket b. */
export interface BucketLists {
  /** Addresses of affine points, with the NEGATE bit. Overwritten. */
  readonly entries: Uint32Array;
  /** One more than there are buckets. Overwritten. */
  readonly starts: Uint32Array;
}

/**
 * Sums all buckets at once, level by level: neighbours in the same bucket are added in pairs until one is left.
 *
 * @returns For each bucket the address of its sum (with the NEGATE bit), or 0 when it is empty. The sums stay valid
 * until the space is used again.
 */
export function sumBuckets(
  machine: WasmMachine,
  { entries, starts }: BucketLists,
  space: AdditionSpace,
): Uint32Array {
  const bucketCount = starts.length - 1;
  let out = space.results;
  for (;;) {
    const pairs = new Uint32Array(machine.view(), space.pairs, BATCH * 2);
    let queued = 0;
    let write = 0;
    let added = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      let read = starts[bucket] as number;
      const end = starts[bucket + 1] as number;
      starts[bucket] = write;
      for (; read + 1 < end; read += 2) {
        pairs[queued * 2] = entries[read] as number;
        pairs[queued * 2 + 1] = entries[read + 1] as number;
        entries[write++] = out + (added + queued) * POINT_BYTES;
        queued++;
        if (queued === BATCH) {
          machine.call(
            "wasm_addPairs",
            space.pairs,
            queued,
            out + added * POINT_BYTES,
            space.scratch,
          );
          added += queued;
          queued = 0;
        }
      }
      if (read < end) entries[write++] = entries[read] as number;
    }
    starts[bucketCount] = write;
    if (queued > 0) {
      machine.call("wasm_addPairs", space.pairs, queued, out + added * POINT_BYTES, space.scratch);
      added += queued;
    }
    if (added === 0) break;
    out += added * POINT_BYTES;
  }
  return Uint32Array.from({ length: bucketCount }, (_, bucket) =>
    (starts[bucket] as number) < (starts[bucket + 1] as number)
      ? (entries[starts[bucket] as number] as number)
      : 0,
  );
}

/** Sorts the points of one window into buckets by the size of their digit; digit 0 is dropped. */
export function sortIntoBuckets(
  digits: Int32Array,
  bases: number,
  bucketCount: number,
): BucketLists {
  const starts = new Uint32Array(bucketCount + 1);
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i] as number;
    if (digit !== 0) starts[Math.abs(digit)] = (starts[Math.abs(digit)] as number) + 1;
  }
  for (let b = 1; b <= bucketCount; b++)
    starts[b] = (starts[b] as number) + (starts[b - 1] as number);
  const entries = new Uint32Array(starts[bucketCount] as number);
  const next = starts.slice();
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i] as number;
    if (digit === 0) continue;
    const bucket = Math.abs(digit) - 1;
    const place = next[bucket] as number;
    next[bucket] = place + 1;
    entries[place] = (bases + i * POINT_BYTES) | (digit < 0 ? NEGATE : 0);
  }
  return { entries, starts };
}
