import type { LongCallOptions } from "../../protocol/curve.ts";
import { SCALAR_FIELD } from "../../protocol/curve.ts";
import { scalarInverse, scalarPower } from "../../protocol/scalar.ts";
import { montgomeryBytes, montgomeryList } from "./scalar-bytes.ts";
import { allocateShared, portion } from "./shared-bytes.ts";
import type { WorkerPool } from "./worker-pool.ts";

const BYTES = 32;
const COLUMNS_A_TASK = 16;
const ROWS_A_TASK = 16;
/** 5 generates the multiplicative group; 2^28 divides its order. */
const GENERATOR = 5n;
const TWO_ADICITY = 28;

/** A primitive root of unity of order `2^bits`. */
function rootOfUnity(bits: number): bigint {
  const root = scalarPower(GENERATOR, (SCALAR_FIELD - 1n) >> BigInt(TWO_ADICITY));
  return scalarPower(root, 1n << BigInt(TWO_ADICITY - bits));
}

function geometric(ratio: bigint, count: number): bigint[] {
  const values = [1n];
  while (values.length < count) values.push(((values.at(-1) as bigint) * ratio) % SCALAR_FIELD);
  return values;
}

function reverseBits(index: number, bits: number): number {
  let reversed = 0;
  for (let bit = 0; bit < bits; bit++) reversed |= ((index >>> bit) & 1) << (bits - 1 - bit);
  return reversed;
}

/** A transform of size `rows * columns` over a matrix, optionally over `x^size = -1` (twisted) instead of `x^size = 1`. */
interface Plan {
  readonly rowBits: number;
  readonly columnBits: number;
  readonly twist: bigint;
}

/** Transforms forward: natural order in, bit-reversed order out. */
async function transform(
  pool: WorkerPool,
  plan: Plan,
  data: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  await columnPass(pool, plan, data, false, signal);
  await rowPass(pool, plan, data, false, 1n, signal);
}

/** Transforms back, times `scale`: bit-reversed order in, natural order out. */
async function transformBack(
  pool: WorkerPool,
  plan: Plan,
  data: Uint8Array,
  scale: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  await rowPass(pool, plan, data, true, scale, signal);
  await columnPass(pool, plan, data, true, signal);
}

async function columnPass(
  pool: WorkerPool,
  { rowBits, columnBits, twist }: Plan,
  data: Uint8Array,
  isInverse: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [rows, columns] = [2 ** rowBits, 2 ** columnBits];
  const turn = (value: bigint) => (isInverse ? scalarInverse(value) : value);
  const roots = montgomeryList(geometric(turn(rootOfUnity(rowBits)), rows / 2));
  const rowTwist = scalarPower(turn(twist), BigInt(columns));
  const rowFactors = twist === 1n ? null : montgomeryList(geometric(rowTwist, rows));
  const width = Math.min(COLUMNS_A_TASK, columns);
  const jobs: Promise<void>[] = [];
  for (let column = 0; column < columns; column += width) {
    const block = new Uint8Array(rows * width * BYTES);
    for (let row = 0; row < rows; row++) {
      const from = (row * columns + column) * BYTES;
      block.set(data.subarray(from, from + width * BYTES), row * width * BYTES);
    }
    const task = { data: block, count: rows, width, roots, rowFactors, isInverse };
    jobs.push(
      pool.run("fourierColumns", task, signal).then((result) => {
        for (let row = 0; row < rows; row++) {
          const part = result.subarray(row * width * BYTES, (row + 1) * width * BYTES);
          data.set(part, (row * columns + column) * BYTES);
        }
      }),
    );
  }
  await Promise.all(jobs);
}

async function rowPass(
  pool: WorkerPool,
  { rowBits, columnBits, twist }: Plan,
  data: Uint8Array,
  isInverse: boolean,
  scale: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [rows, columns] = [2 ** rowBits, 2 ** columnBits];
  const turn = (value: bigint) => (isInverse ? scalarInverse(value) : value);
  const roots = montgomeryList(geometric(turn(rootOfUnity(columnBits)), columns / 2));
  const powers = geometric(turn(rootOfUnity(rowBits + columnBits)), rows);
  const rowTwist = turn(twist);
  const height = Math.min(ROWS_A_TASK, rows);
  const firstOfRow = montgomeryBytes(scale);
  const jobs: Promise<void>[] = [];
  for (let row = 0; row < rows; row += height) {
    const ratios = Array.from({ length: height }, (_, k) => {
      const power = powers[reverseBits(row + k, rowBits)] as bigint;
      return montgomeryBytes((rowTwist * power) % SCALAR_FIELD);
    });
    const from = row * columns * BYTES;
    const to = from + height * columns * BYTES;
    const task = {
      data: portion(data, from, to),
      count: columns,
      roots,
      first: ratios.map(() => firstOfRow),
      ratios,
      isInverse,
    };
    jobs.push(pool.run("fourierRows", task, signal).then((result) => void data.set(result, from)));
  }
  await Promise.all(jobs);
}

/** In bit-reversed order, the place of `-k` (cyclic) or `-k - 1` (twisted) for the place of `k`. */
function mirrored(data: Uint8Array, isTwisted: boolean): Uint8Array {
  const words = new BigUint64Array(data.buffer, data.byteOffset, data.byteLength / 8);
  const copy = allocateShared(data.byteLength);
  const out = new BigUint64Array(copy.buffer);
  const size = words.length / 4;
  for (let place = 0, block = 1; place < size; place++) {
    if (place >= 2 * block) block *= 2;
    const cyclic = place === 0 ? 0 : 3 * block - 1 - place;
    const mirror = isTwisted ? size - 1 - place : cyclic;
    for (let word = 0; word < 4; word++) {
      out[place * 4 + word] = words[mirror * 4 + word] as bigint;
    }
  }
  return copy;
}

async function multiplyInto(
  pool: WorkerPool,
  left: Uint8Array,
  right: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const step = 2 ** 14 * BYTES;
  const jobs: Promise<void>[] = [];
  for (let from = 0; from < left.byteLength; from += step) {
    const to = Math.min(from + step, left.byteLength);
    const task = { left: portion(left, from, to), right: portion(right, from, to) };
    jobs.push(pool.run("multiply", task, signal).then((result) => void left.set(result, from)));
  }
  await Promise.all(jobs);
}

/**
 * `s[k] = sum_j v[j] * v[j + k + 1]`, then a zero.
 *
 * With `c_k` the correlation at shift k, a transform over `x^N = 1` gives `c_k + c_(N-k)` and one over `x^N = -1`
 * gives `c_k - c_(N-k)`: half their sum is c_k, with transforms of half the size that a plain product would need, and
 * no zero padding inside them.
 */
export async function autocorrelation(
  pool: WorkerPool,
  vector: Uint8Array,
  { signal }: LongCallOptions = {},
): Promise<Uint8Array> {
  const length = vector.byteLength / BYTES;
  const bits = Math.max(2, Math.ceil(Math.log2(length)));
  const rowBits = bits >> 1;
  const size = 2 ** bits;
  const shape = { rowBits, columnBits: bits - rowBits };
  const halfOverSize = scalarInverse(BigInt(2 * size));
  const sums: Uint8Array[] = [];
  for (const twist of [1n, rootOfUnity(bits + 1)]) {
    const plan = { ...shape, twist };
    const data = allocateShared(size * BYTES);
    data.set(vector);
    await transform(pool, plan, data, signal);
    await multiplyInto(pool, data, mirrored(data, twist !== 1n), signal);
    await transformBack(pool, plan, data, halfOverSize, signal);
    sums.push(data);
  }
  const [cyclic, twisted] = sums as [Uint8Array, Uint8Array];
  const out = allocateShared(vector.byteLength);
  const step = 2 ** 14 * BYTES;
  const jobs: Promise<void>[] = [];
  for (let from = BYTES; from < vector.byteLength; from += step) {
    const to = Math.min(from + step, vector.byteLength);
    const task = { left: portion(cyclic, from, to), right: portion(twisted, from, to) };
    jobs.push(pool.run("add", task, signal).then((result) => void out.set(result, from - BYTES)));
  }
  await Promise.all(jobs);
  return out;
}
