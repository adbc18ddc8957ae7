import type { WasmMachine } from "../wasm-machine.ts";

/** One half of a transform of size `rows * columns`, over some rows or some columns of the matrix. */
export interface FourierTask {
  /** Scalars in Montgomery form, row after row. */
  readonly data: Uint8Array;
  /** Length of each transform. */
  readonly count: number;
  /** Roots `w^0 .. w^(count/2 - 1)` of the transform, or of its inverse. */
  readonly roots: Uint8Array;
  readonly isInverse: boolean;
}

/** Several transforms down the columns, each entry first (forward) or last (inverse) multiplied by its row's factor. */
export interface ColumnsTask extends FourierTask {
  readonly width: number;
  readonly rowFactors: Uint8Array | null;
}

/** Several transforms along rows; entry j of row k is first (forward) or last (inverse) multiplied by `first[k] * ratio[k]^j`. */
export interface RowsTask extends FourierTask {
  readonly first: readonly Uint8Array[];
  readonly ratios: readonly Uint8Array[];
}

/** @returns The transformed columns, in the layout they came in. */
export function fourierColumns(machine: WasmMachine, task: ColumnsTask): Uint8Array<ArrayBuffer> {
  const { count, width, rowFactors, isInverse } = task;
  const data = machine.load(task.data);
  const roots = machine.load(task.roots);
  const factors = rowFactors ? machine.load(rowFactors) : 0;
  if (factors && !isInverse) machine.call("wasm_multiply", data, factors, count, width);
  machine.call(isInverse ? "wasm_fourierInverse" : "wasm_fourier", data, count, width, roots);
  if (factors && isInverse) machine.call("wasm_multiply", data, factors, count, width);
  return machine.read(data, task.data.byteLength);
}

/** @returns The transformed rows. */
export function fourierRows(machine: WasmMachine, task: RowsTask): Uint8Array<ArrayBuffer> {
  const { count, first, ratios, isInverse } = task;
  const data = machine.load(task.data);
  const roots = machine.load(task.roots);
  ratios.forEach((ratio, index) => {
    const row = data + index * count * 32;
    const start = machine.load(first[index] as Uint8Array);
    const step = machine.load(ratio);
    if (!isInverse) machine.call("frm_batchApplyKey", row, count, start, step, row);
    machine.call(isInverse ? "wasm_fourierInverse" : "wasm_fourier", row, count, 1, roots);
    if (isInverse) machine.call("frm_batchApplyKey", row, count, start, step, row);
  });
  return machine.read(data, task.data.byteLength);
}
