import { montgomeryBytes } from "../scalar-bytes.ts";
import type { WasmMachine } from "../wasm-machine.ts";

const ONE = montgomeryBytes(1n);

/** Two lists of scalars of the same length, in Montgomery form. */
export interface EntrywiseTask {
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

/** @returns The products, entry by entry. */
export function multiply(machine: WasmMachine, task: EntrywiseTask): Uint8Array<ArrayBuffer> {
  const left = machine.load(task.left);
  const right = machine.load(task.right);
  machine.call("wasm_multiply", left, right, task.left.byteLength / 32, 1);
  return machine.read(left, task.left.byteLength);
}

/** @returns The sums, entry by entry. */
export function add(machine: WasmMachine, task: EntrywiseTask): Uint8Array<ArrayBuffer> {
  const left = machine.load(task.left);
  const right = machine.load(task.right);
  machine.call("wasm_addScaled", left, right, task.left.byteLength / 32, machine.load(ONE));
  return machine.read(left, task.left.byteLength);
}
