import { type Bn128, buildBn128 } from "ffjavascript";
import {
  type Curve,
  type G1Point,
  INFINITY,
  type PairingSide,
  SCALAR_FIELD,
  type ScalarVector,
} from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { DEVELOPMENT_TAU } from "./development-tau.ts";
import { curveErrors } from "./errors.ts";

export interface OpenCurveOptions {
  readonly srsPath?: string | undefined;
  readonly srsBytes?: Uint8Array | undefined;
  readonly parameterCount: number;
  readonly cacheDir?: string | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number, step: string) => void) | undefined;
}

// First version: one thread, development powers of tau only.
function toBytes(bn: Bn128, point: G1Point): Uint8Array {
  const bytes = new Uint8Array(64);
  if (point.x === 0n && point.y === 0n) return bytes;
  bytes.set(bn.F1.e(point.x), 0);
  bytes.set(bn.F1.e(point.y), 32);
  return bytes;
}

function toPoint(bn: Bn128, bytes: Uint8Array): G1Point {
  if (bn.G1.isZero(bytes)) return INFINITY;
  const affine = bn.G1.toAffine(bytes);
  return { x: bn.F1.toObject(affine.slice(0, 32)), y: bn.F1.toObject(affine.slice(32, 64)) };
}

function scalarBytes(scalars: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(scalars.length * 32);
  const view = new DataView(bytes.buffer);
  scalars.forEach((scalar, index) => {
    let rest = ((scalar % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;
    for (let word = 0; word < 4; word++) {
      view.setBigUint64(index * 32 + word * 8, BigInt.asUintN(64, rest), true);
      rest >>= 64n;
    }
  });
  return bytes;
}

async function powers(bn: Bn128, count: number): Promise<Uint8Array> {
  const code = new Uint8Array(bn.tm.code);
  const memory = new WebAssembly.Memory({ initial: 25 });
  const { instance } = await WebAssembly.instantiate(code, { env: { memory } });
  const call = (name: string, ...args: number[]) =>
    (instance.exports[name] as (...a: number[]) => number)(...args);
  const need = 32 * 256 * 64 + count * 96 + count * 64 + 4096;
  const base = memory.buffer.byteLength;
  memory.grow(Math.ceil(need / 65536));
  const table = base;
  const out = base + 32 * 256 * 64;
  const scratch = out + count * 96;
  const g = bn.G1.g;
  let window = g;
  for (let w = 0; w < 32; w++) {
    let point = bn.G1.zero;
    const bytes = new Uint8Array(256 * 64);
    for (let i = 1; i < 256; i++) {
      point = bn.G1.add(point, window);
      bytes.set(bn.G1.toAffine(point), i * 64);
    }
    new Uint8Array(memory.buffer).set(bytes, table + w * 256 * 64);
    window = bn.G1.add(point, window);
  }
  let power = 1n;
  for (let k = 0; k < count; k++) {
    const target = out + k * 96;
    call("g1m_zero", target);
    for (let w = 0, rest = power; w < 32; w++, rest >>= 8n) {
      const digit = Number(rest & 255n);
      if (digit) call("g1m_addMixed", target, table + (w * 256 + digit) * 64, target);
    }
    power = (power * DEVELOPMENT_TAU) % SCALAR_FIELD;
  }
  new Uint32Array(memory.buffer)[0] = scratch;
  call("g1m_batchToAffine", out, count, out);
  return new Uint8Array(memory.buffer).slice(out, out + count * 64);
}

/** Opens the curve with development powers of tau. */
export async function openCurve(options: OpenCurveOptions): Promise<Curve & AsyncDisposable> {
  const bn = await buildBn128(true);
  const { parameterCount } = options;
  const bases = await powers(bn, parameterCount);
  const tauG2 = bn.G2.toAffine(bn.G2.timesScalar(bn.G2.g, DEVELOPMENT_TAU));

  async function linearCombination(points: readonly G1Point[], scalars: readonly bigint[]) {
    if (points.length !== scalars.length) throw new CommonweightError(curveErrors.lengthMismatch);
    const bytes = new Uint8Array(points.length * 64);
    for (const [index, point] of points.entries()) bytes.set(toBytes(bn, point), index * 64);
    return toPoint(bn, await bn.G1.multiExpAffine(bytes, scalarBytes(scalars)));
  }

  const read = (v: ScalarVector) => {
    const view = new DataView(v.bytes.buffer, v.bytes.byteOffset);
    return Array.from({ length: v.length }, (_, i) => {
      let x = 0n;
      for (let w = 3; w >= 0; w--) x = (x << 64n) | view.getBigUint64(i * 32 + w * 8, true);
      return x;
    });
  };
  const write = (values: bigint[]): ScalarVector => ({
    length: values.length,
    bytes: scalarBytes(values),
  });
  const combineVectors = (vectors: bigint[][], weights: readonly bigint[], length: number) =>
    Array.from(
      { length },
      (_, j) =>
        vectors.reduce((t, v, i) => t + (v[j] ?? 0n) * (weights[i] as bigint), 0n) % SCALAR_FIELD,
    );
  const coordinate = (index: number) => bn.F1.toObject(tauG2.slice(index * 32, index * 32 + 32));
  return {
    parameterCount,
    tauG2: { x: [coordinate(0), coordinate(1)], y: [coordinate(2), coordinate(3)] },
    linearCombination,
    async isPairingProductOne(pairs: readonly { g1: G1Point; g2: PairingSide }[]) {
      const sides = pairs.flatMap(({ g1, g2 }) => [
        toBytes(bn, g1),
        g2 === "one" ? bn.G2.toAffine(bn.G2.g) : tauG2,
      ]);
      return bn.pairingEq(...sides);
    },
    async commitIntegers(values) {
      if (values.length > parameterCount) throw new CommonweightError(curveErrors.vectorTooLong);
      const size = values.BYTES_PER_ELEMENT;
      const offset = size === 2 ? 0x8000 : 0x80000000;
      const shifted = new Uint8Array((values.length + 4) * size);
      const view = new DataView(shifted.buffer);
      values.forEach((value, index) => {
        if (size === 2) view.setUint16(index * 2, value + offset, true);
        else view.setUint32(index * 4, value + offset, true);
      });
      const used = bases.slice(0, values.length * 64);
      const sum = await bn.G1.multiExpAffine(used, shifted.slice(0, values.length * size));
      const ones = await bn.G1.multiExpAffine(used, new Uint8Array(values.length).fill(1));
      return linearCombination([toPoint(bn, sum), toPoint(bn, ones)], [1n, BigInt(-offset)]);
    },
    async commitScalars(vector) {
      return toPoint(
        bn,
        await bn.G1.multiExpAffine(bases.slice(0, vector.length * 64), vector.bytes.slice()),
      );
    },
    async combine(vectors, weights, { length }) {
      return write(
        combineVectors(
          vectors.map((v) => Array.from(v, BigInt)),
          weights,
          length,
        ),
      );
    },
    async autocorrelation(vector) {
      const a = read(vector);
      return write(
        a.map((_, k) => {
          let sum = 0n;
          for (let j = 0; j + k + 1 < a.length; j++)
            sum += (a[j] as bigint) * (a[j + k + 1] as bigint);
          return sum;
        }),
      );
    },
    async reverse(vector) {
      return write(read(vector).reverse());
    },
    async evaluate(vector, points) {
      const a = read(vector);
      return points.map((x) => a.reduceRight((t, c) => (t * x + c) % SCALAR_FIELD, 0n));
    },
    async openingQuotient(vectors, weights, point) {
      const p = combineVectors(vectors.map(read), weights, vectors[0]?.length ?? 0);
      let carry = 0n;
      const q = new Array<bigint>(p.length).fill(0n);
      for (let j = p.length - 1; j >= 1; j--) {
        carry = (carry * point + (p[j] as bigint)) % SCALAR_FIELD;
        q[j - 1] = carry;
      }
      return write(q);
    },
    async [Symbol.asyncDispose]() {
      await bn.terminate();
    },
  };
}
