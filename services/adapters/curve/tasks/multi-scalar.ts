import type { WasmMachine } from "../wasm-machine.ts";
import { allocateAdditionSpace, sortIntoBuckets, sumBuckets } from "./bucket-sum.ts";
import { addSigningConstant, integerDigits, scalarDigits, type Windows } from "./digits.ts";
import { allocateWindowSpace, sumWindow } from "./window-sum.ts";

const POINT_BYTES = 64;
const JACOBIAN_BYTES = 96;

/** Some windows of a multi-scalar multiplication over a range of bases. */
export interface MultiScalarTask {
  /** Affine points, 64 bytes each. */
  readonly bases: Uint8Array;
  /** Bytes: scalars in Montgomery form, 32 bytes each. Words: plain scalars, eight words each. Or small integers. */
  readonly scalars: Uint8Array | Uint32Array | Int16Array | Int32Array;
  readonly windows: Windows;
  /** First window of this task, and how many. */
  readonly firstWindow: number;
  readonly taskWindows: number;
}

/**
 * Pippenger's bucket method over signed windows, with the buckets filled by batched affine additions.
 *
 * @returns `sum over the task's windows of 2^((window - firstWindow) * windowBits) * (sum of digit * base)`, Jacobian.
 */
export function multiScalar(machine: WasmMachine, task: MultiScalarTask): Uint8Array<ArrayBuffer> {
  const { scalars, windows, firstWindow, taskWindows } = task;
  const count = task.bases.byteLength / POINT_BYTES;
  const bucketCount = 2 ** (windows.windowBits - 1);
  const bases = machine.load(task.bases);
  const digitsOf = windowDigits(machine, scalars, windows, count);
  const additions = allocateAdditionSpace(machine, count);
  const space = allocateWindowSpace(machine, bucketCount);
  const total = machine.allocate(JACOBIAN_BYTES);
  machine.call("g1m_zero", total);
  for (let window = firstWindow + taskWindows - 1; window >= firstWindow; window--) {
    for (let bit = 0; bit < windows.windowBits; bit++) machine.call("g1m_double", total, total);
    const lists = sortIntoBuckets(digitsOf(window), bases, bucketCount);
    sumWindow(machine, sumBuckets(machine, lists, additions), additions, space, total);
  }
  return machine.read(total, JACOBIAN_BYTES);
}

function windowDigits(
  machine: WasmMachine,
  scalars: MultiScalarTask["scalars"],
  windows: Windows,
  count: number,
): (window: number) => Int32Array {
  if (scalars instanceof Int16Array || scalars instanceof Int32Array) {
    return (window) => integerDigits(scalars, windows, window);
  }
  const words =
    scalars instanceof Uint32Array ? scalars.slice() : plainWords(machine, scalars, count);
  addSigningConstant(words, windows);
  return (window) => scalarDigits(words, windows, window);
}

function plainWords(machine: WasmMachine, scalars: Uint8Array, count: number): Uint32Array {
  const address = machine.load(scalars);
  machine.call("frm_batchFromMontgomery", address, count, address);
  return new Uint32Array(machine.view(), address, count * 8).slice();
}
