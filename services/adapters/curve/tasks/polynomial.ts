import type { WasmMachine } from "../wasm-machine.ts";

/** A piece of a polynomial and the points at which to evaluate it. */
export interface EvaluateTask {
  readonly coefficients: Uint8Array;
  readonly points: readonly Uint8Array[];
}

/** @returns For each point `sum_k coefficients[k] * point^k`, counted from the start of the piece. */
export function evaluate(machine: WasmMachine, task: EvaluateTask): Uint8Array<ArrayBuffer> {
  const coefficients = machine.load(task.coefficients);
  const values = machine.allocate(task.points.length * 32);
  task.points.forEach((point, index) => {
    const value = values + index * 32;
    machine.call("frm_zero", value);
    const count = task.coefficients.byteLength / 32;
    machine.call("wasm_horner", coefficients, count, machine.load(point), value);
  });
  return machine.read(values, task.points.length * 32);
}

/** A piece of `sum_i weights[i] * vectors[i]`, to be divided by `X - point`. */
export interface DivideTask {
  readonly vectors: readonly Uint8Array[];
  readonly weights: readonly Uint8Array[];
  readonly point: Uint8Array;
  /** What the pieces above hand down; null to learn only what this piece, with nothing from above, hands down. */
  readonly carry: Uint8Array | null;
}

/** @returns The piece of the quotient, or without a carry 32 bytes: the value of the piece at the point. */
export function divide(machine: WasmMachine, task: DivideTask): Uint8Array<ArrayBuffer> {
  const { vectors, weights, point, carry } = task;
  const bytes = (vectors[0] as Uint8Array).byteLength;
  const sum = machine.allocate(bytes);
  new Uint8Array(machine.view(), sum, bytes).fill(0);
  const pointAddress = machine.load(point);
  const data = machine.allocate(bytes);
  const weight = machine.allocate(32);
  vectors.forEach((vector, index) => {
    new Uint8Array(machine.view()).set(vector, data);
    new Uint8Array(machine.view()).set(weights[index] as Uint8Array, weight);
    machine.call("wasm_addScaled", sum, data, bytes / 32, weight);
  });
  const state = machine.load(carry ?? new Uint8Array(32));
  if (!carry) {
    machine.call("wasm_horner", sum, bytes / 32, pointAddress, state);
    return machine.read(state, 32);
  }
  machine.call("wasm_divide", sum, bytes / 32, pointAddress, state);
  return machine.read(sum, bytes);
}
