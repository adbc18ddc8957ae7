import type { WasmMachine } from "../wasm-machine.ts";

/** Piece of `sum_i weights[i] * vectors[i]` over small integers. */
export interface CombineTask {
  /** All of the same length. */
  readonly vectors: readonly (Int16Array | Int32Array)[];
  /** In Montgomery form, 32 bytes each. */
  readonly weights: readonly Uint8Array[];
  readonly length: number;
}

/** @returns The combination in Montgomery form, 32 bytes an entry. */
export function combine(machine: WasmMachine, task: CombineTask): Uint8Array<ArrayBuffer> {
  const { vectors, weights, length } = task;
  const sums = machine.allocate(length * 64);
  new Uint8Array(machine.view(), sums, length * 64).fill(0);
  const values = machine.allocate(length * 4);
  const weight = machine.allocate(32);
  vectors.forEach((vector, index) => {
    const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
    new Uint8Array(machine.view()).set(bytes, values);
    new Uint8Array(machine.view()).set(weights[index] as Uint8Array, weight);
    const bits = vector.BYTES_PER_ELEMENT * 8;
    machine.call(`wasm_accumulate${bits}`, sums, values, vector.length, weight);
  });
  const out = machine.allocate(length * 32);
  machine.call("wasm_reduceSums", sums, length, out);
  return machine.read(out, length * 32);
}
