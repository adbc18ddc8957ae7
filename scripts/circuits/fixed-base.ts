import { littleEndianBytes } from "../../services/adapters/curve/scalar-bytes.ts";
import { createMachine } from "../../services/adapters/curve/wasm-machine.ts";

/** A group of the curve. */
export type GroupName = "G1" | "G2";

/** Scalars by which to multiply a group's generator. */
export interface MultiplyTask {
  readonly group: GroupName;
  /** The generator, affine, in Montgomery form. */
  readonly generator: Uint8Array;
  readonly scalars: readonly bigint[];
}

const SCALAR_BITS = 254;
const BATCH = 4096;

/** Bytes of an affine point; a projective one has half as many again. */
export function pointBytes(group: GroupName): number {
  return group === "G1" ? 64 : 128;
}

/**
 * Multiplies a generator by each of the scalars: tables of every multiple of each power of 2^12 (of less for few scalars),
 * then 22 additions a point.
 *
 * @param module The curve's wasm program, as `buildWasmProgram` compiles it.
 * @returns Affine points in Montgomery form, as `.zkey` and `.ptau` files store them; zeros for infinity.
 */
export async function multiplyHere(
  module: WebAssembly.Module,
  { group, generator, scalars }: MultiplyTask,
): Promise<Uint8Array<ArrayBuffer>> {
  const machine = await createMachine(module);
  const affine = pointBytes(group);
  const projective = (affine * 3) / 2;
  const prefix = group === "G1" ? "g1m" : "g2m";
  const call = (name: string, ...args: number[]) => machine.call(`${prefix}_${name}`, ...args);

  const windowBits = Math.min(12, Math.max(3, Math.floor(Math.log2(scalars.length))));
  const windows = Math.ceil(SCALAR_BITS / windowBits);
  const entries = 2 ** windowBits;
  const work = machine.allocate((BATCH + 1) * projective);
  const tables = machine.allocate(windows * entries * affine);
  const nextBase = machine.allocate(affine);
  let base = machine.load(generator);
  for (let window = 0; window < windows; window++) {
    const table = tables + window * entries * affine;
    call("zero", work);
    for (let digit = 1; digit <= entries; digit++) {
      call("addMixed", work + (digit - 1) * projective, base, work + digit * projective);
    }
    call("batchToAffine", work, entries, table);
    // One multiple more than the digits need: it is the next window's base.
    base = nextBase;
    call("batchToAffine", work + entries * projective, 1, base);
  }

  const points = new Uint8Array(scalars.length * affine);
  for (let from = 0; from < scalars.length; from += BATCH) {
    const part = scalars.slice(from, from + BATCH);
    for (const [index, scalar] of part.entries()) {
      const sum = work + index * projective;
      call("zero", sum);
      for (const [window, digit] of digits(scalar, windowBits).entries()) {
        if (digit !== 0) {
          call("addMixed", sum, tables + (window * entries + digit) * affine, sum);
        }
      }
    }
    call("batchToAffine", work, part.length, work);
    points.set(machine.read(work, part.length * affine), from * affine);
  }
  return points;
}

/** Digits of a scalar in base 2^bits, lowest first; at most 12 bits. */
function digits(scalar: bigint, bits: number): number[] {
  const bytes = littleEndianBytes(scalar);
  return Array.from({ length: Math.ceil(SCALAR_BITS / bits) }, (_, window) => {
    const position = window * bits;
    const byte = position >> 3;
    const three =
      (bytes[byte] as number) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    return (three >> (position & 7)) & (2 ** bits - 1);
  });
}
