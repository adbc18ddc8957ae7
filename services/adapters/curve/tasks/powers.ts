import type { WasmMachine } from "../wasm-machine.ts";
import { addInBatches, allocateAdditionSpace } from "./bucket-sum.ts";

const POINT_BYTES = 64;
const SCALAR_BYTES = 32;

/** A run of powers of a known tau times the generator: development powers of tau. */
export interface PowersTask {
  /** Generator, affine. */
  readonly generator: Uint8Array;
  /** tau and tau^first, Montgomery form. */
  readonly tau: Uint8Array;
  readonly first: Uint8Array;
  readonly count: number;
}

/** @returns `[tau^first], [tau^(first + 1)], ...`, affine. */
export function powers(machine: WasmMachine, task: PowersTask): Uint8Array<ArrayBuffer> {
  const { count } = task;
  // Table size and additions an output in balance: at most 2^12 entries a window.
  const windowBits = Math.min(12, Math.max(4, Math.floor(Math.log2(count))));
  const windowCount = Math.ceil(254 / windowBits);
  const space = allocateAdditionSpace(machine, 0);
  const add = (out: number, operands: number[]) => addInBatches(machine, operands, space, out);
  const tables = buildTables(machine, task.generator, windowBits, windowCount, add);
  const scalars = machine.allocate(count * SCALAR_BYTES);
  const tau = machine.load(task.tau);
  new Uint8Array(machine.view()).set(task.first, scalars);
  for (let k = 1; k < count; k++) {
    const target = scalars + k * SCALAR_BYTES;
    machine.call("frm_mul", target - SCALAR_BYTES, tau, target);
  }
  machine.call("frm_batchFromMontgomery", scalars, count, scalars);

  const sums = [machine.allocate(count * POINT_BYTES), machine.allocate(count * POINT_BYTES)];
  new Uint8Array(machine.view(), sums[0], count * POINT_BYTES).fill(0);
  const words = new Uint32Array(machine.view(), scalars, count * 8).slice();
  for (let window = 0; window < windowCount; window++) {
    const [from, to] = [sums[window % 2] as number, sums[(window + 1) % 2] as number];
    const operands: number[] = [];
    for (let k = 0; k < count; k++) {
      const digit = bits(words, k * 256 + window * windowBits, windowBits);
      operands.push(from + k * POINT_BYTES, (tables[window] as number) + digit * POINT_BYTES);
    }
    add(to, operands);
  }
  return machine.read(sums[windowCount % 2] as number, count * POINT_BYTES);
}

/** Tables `[digit * 2^(window * windowBits)]` for every digit; entry 0 is the point at infinity. */
function buildTables(
  machine: WasmMachine,
  generator: Uint8Array,
  windowBits: number,
  windowCount: number,
  add: (out: number, operands: number[]) => void,
): number[] {
  const size = 2 ** windowBits;
  const tables: number[] = [];
  let base = machine.load(generator);
  for (let window = 0; window < windowCount; window++) {
    // One entry more than the digits need: it is the next window's base.
    const table = machine.allocate((size + 1) * POINT_BYTES);
    const entry = (index: number) => table + index * POINT_BYTES;
    new Uint8Array(machine.view(), table, POINT_BYTES).fill(0);
    new Uint8Array(machine.view()).copyWithin(entry(1), base, base + POINT_BYTES);
    for (let done = 1; done < size; done *= 2) {
      const operands: number[] = [];
      for (let index = 1; index <= done; index++) operands.push(entry(done), entry(index));
      add(entry(done + 1), operands);
    }
    tables.push(table);
    base = entry(size);
  }
  return tables;
}

function bits(words: Uint32Array, position: number, count: number): number {
  const word = position >>> 5;
  const shift = position & 31;
  const low = (words[word] as number) >>> shift;
  const isSplit = shift + count > 32 && (word & 7) !== 7;
  const high = isSplit ? (words[word + 1] as number) << (32 - shift) : 0;
  return (low | high) & (2 ** count - 1);
}
