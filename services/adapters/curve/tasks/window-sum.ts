import { NEGATE } from "../kernels/add-pairs.ts";
import type { WasmMachine } from "../wasm-machine.ts";
import { type AdditionSpace, addInBatches } from "./bucket-sum.ts";

const POINT_BYTES = 64;
const JACOBIAN_BYTES = 96;
/** Runs that advance together: enough for one inversion to serve many additions. */
const MOST_RUNS = 256;

/** Room for {@link sumWindow}: two additions a bucket, none of whose results is overwritten. */
export interface WindowSpace {
  readonly results: number;
  readonly running: number;
  readonly weighted: number;
}

/** Reserves the room for windows of `bucketCount` buckets. */
export function allocateWindowSpace(machine: WasmMachine, bucketCount: number): WindowSpace {
  return {
    results: machine.allocate(2 * bucketCount * POINT_BYTES),
    running: machine.allocate(JACOBIAN_BYTES),
    weighted: machine.allocate(JACOBIAN_BYTES),
  };
}

/**
 * Adds `sum_b (b + 1) * buckets[b]` to the Jacobian point at `total`.
 *
 * The textbook running sum is one long chain of dependent additions. Cut into runs of equal length that advance in
 * step, it becomes batches of independent ones; at the end run k still lacks `k * length` times its plain sum.
 */
export function sumWindow(
  machine: WasmMachine,
  buckets: Uint32Array,
  additions: AdditionSpace,
  space: WindowSpace,
  total: number,
): void {
  const runs = Math.min(MOST_RUNS, buckets.length);
  const length = buckets.length / runs;
  const plain = new Uint32Array(runs);
  const weighted = new Uint32Array(runs);
  let out = space.results;
  for (let step = length - 1; step >= 0; step--) {
    const next = Uint32Array.from({ length: runs }, (_, k) => buckets[k * length + step] as number);
    out = addOnto(machine, plain, next, additions, out);
    out = addOnto(machine, weighted, plain, additions, out);
  }
  addRuns(machine, plain, weighted, length, space, total);
}

/** `sums[k] += terms[k]` for addresses of points, 0 being infinity. Results are new points from `out` on. */
function addOnto(
  machine: WasmMachine,
  sums: Uint32Array,
  terms: Uint32Array,
  additions: AdditionSpace,
  out: number,
): number {
  const operands: number[] = [];
  let end = out;
  for (let k = 0; k < sums.length; k++) {
    const [sum, term] = [sums[k] as number, terms[k] as number];
    if (sum === 0) sums[k] = term;
    if (sum === 0 || term === 0) continue;
    operands.push(sum, term);
    sums[k] = end;
    end += POINT_BYTES;
  }
  addInBatches(machine, operands, additions, out);
  return end;
}

/** Adds `sum_k (weighted[k] + k * length * plain[k])` to `total`; `length` is a power of two. */
function addRuns(
  machine: WasmMachine,
  plain: Uint32Array,
  weighted: Uint32Array,
  length: number,
  space: WindowSpace,
  total: number,
): void {
  machine.call("g1m_zero", space.running);
  machine.call("g1m_zero", space.weighted);
  for (let k = plain.length - 1; k >= 1; k--) {
    addMixed(machine, space.running, plain[k] as number);
    machine.call("g1m_add", space.weighted, space.running, space.weighted);
  }
  for (let doubled = 1; doubled < length; doubled *= 2) {
    machine.call("g1m_double", space.weighted, space.weighted);
  }
  machine.call("g1m_add", total, space.weighted, total);
  for (const point of weighted) addMixed(machine, total, point);
}

function addMixed(machine: WasmMachine, sum: number, point: number): void {
  if (point & NEGATE) machine.call("g1m_subMixed", sum, point - NEGATE, sum);
  else if (point) machine.call("g1m_addMixed", sum, point, sum);
}
