import { buildBn128 } from "ffjavascript";
import { littleEndianBytes } from "../../services/adapters/curve/scalar-bytes.ts";

/** A group of the curve by the prefix of its functions in ffjavascript's wasm. */
export type GroupName = "G1" | "G2";

/** The parts of ffjavascript's single-threaded machine that are used here. */
interface Machine {
  readonly tm: {
    readonly memory: WebAssembly.Memory;
    readonly instance: { readonly exports: Record<string, (...args: number[]) => void> };
  };
  readonly G1: { readonly g: Uint8Array; toAffine(point: Uint8Array): Uint8Array };
  readonly G2: { readonly g: Uint8Array; toAffine(point: Uint8Array): Uint8Array };
}

const WINDOW_BITS = 12;
const WINDOWS = Math.ceil(254 / WINDOW_BITS);
const ENTRIES = 2 ** WINDOW_BITS;
const BATCH = 4096;
const PAGE = 65_536;

/** Bytes of an affine point; a projective one has half as many again. */
export function pointBytes(group: GroupName): number {
  return group === "G1" ? 64 : 128;
}

/**
 * Multiplies a group's generator by each of the scalars, about 20 additions a point: tables of every multiple of each power
 * of 2^12. One thread; see `multiplyGenerator` for all of them.
 *
 * @returns Affine points in Montgomery form, as `.zkey` and `.ptau` files store them; zeros for infinity.
 */
export async function multiplyGeneratorHere(
  group: GroupName,
  scalars: readonly bigint[],
): Promise<Uint8Array<ArrayBuffer>> {
  const machine = (await buildBn128(true)) as unknown as Machine;
  const { memory, instance } = machine.tm;
  const affine = pointBytes(group);
  const projective = (affine * 3) / 2;
  const prefix = group === "G1" ? "g1m" : "g2m";
  const call = (name: string, ...args: number[]) =>
    instance.exports[`${prefix}_${name}`]?.(...args);

  // Before memory grows: ffjavascript keeps a view of the old memory.
  const generator = machine[group].toAffine(machine[group].g);
  const tableSize = WINDOWS * ENTRIES * affine;
  const workSize = Math.max(BATCH, ENTRIES) * projective;
  const tables = memory.buffer.byteLength;
  const work = tables + tableSize;
  const scratch = work + workSize;
  // ffjavascript's batch functions take their own memory from the address stored at 0.
  memory.grow(Math.ceil((tableSize + 3 * workSize) / PAGE) + 1);
  new Uint32Array(memory.buffer)[0] = scratch;

  const base = work;
  new Uint8Array(memory.buffer).set(generator, tables + affine);
  for (let window = 0; window < WINDOWS; window++) {
    const table = tables + window * ENTRIES * affine;
    // Multiples 0 .. 4095 in projective form, then made affine together.
    call("zero", base);
    for (let digit = 1; digit < ENTRIES; digit++) {
      call("addMixed", base + (digit - 1) * projective, table + affine, base + digit * projective);
    }
    if (window + 1 < WINDOWS) {
      const following = table + (ENTRIES + 1) * affine;
      call("addMixed", base + (ENTRIES - 1) * projective, table + affine, scratch);
      new Uint32Array(memory.buffer)[0] = scratch + projective;
      call("batchToAffine", scratch, 1, following);
      new Uint32Array(memory.buffer)[0] = scratch;
    }
    call("batchToAffine", base, ENTRIES, table);
  }

  const out = new Uint8Array(scalars.length * affine);
  for (let from = 0; from < scalars.length; from += BATCH) {
    const part = scalars.slice(from, from + BATCH);
    for (const [index, scalar] of part.entries()) {
      const sum = work + index * projective;
      call("zero", sum);
      for (const [window, digit] of digits(scalar).entries()) {
        if (digit !== 0) {
          call("addMixed", sum, tables + (window * ENTRIES + digit) * affine, sum);
        }
      }
    }
    call("batchToAffine", work, part.length, work);
    out.set(new Uint8Array(memory.buffer, work, part.length * affine), from * affine);
  }
  return out;
}

/** Base-2^12 digits of a scalar, lowest first. */
function digits(scalar: bigint): number[] {
  const bytes = littleEndianBytes(scalar);
  return Array.from({ length: WINDOWS }, (_, window) => {
    const bit = window * WINDOW_BITS;
    const byte = bit >> 3;
    const pair = (bytes[byte] as number) | ((bytes[byte + 1] ?? 0) << 8);
    return (pair >> (bit & 7)) & (ENTRIES - 1);
  });
}
