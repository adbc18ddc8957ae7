import type { WasmMachine } from "../wasm-machine.ts";

/** Points whose place on the curve is in doubt. */
export interface CheckPointsTask {
  /** Affine, Montgomery form, as in the file. */
  readonly points: Uint8Array;
}

/** @returns One byte: 1 when every point is on the curve, none at infinity and every coordinate below the modulus. */
export function checkPoints(machine: WasmMachine, task: CheckPointsTask): Uint8Array<ArrayBuffer> {
  const points = machine.load(task.points);
  const copy = machine.allocate(64);
  for (let at = points; at < points + task.points.byteLength; at += 64) {
    // Leaving Montgomery form and coming back reduces: a coordinate that changes was not below the modulus.
    machine.call("g1m_fromMontgomeryAffine", at, copy);
    machine.call("g1m_toMontgomeryAffine", copy, copy);
    const isCanonical =
      machine.call("f1m_eq", at, copy) && machine.call("f1m_eq", at + 32, copy + 32);
    if (!isCanonical || machine.call("g1m_isZeroAffine", at)) return new Uint8Array([0]);
    if (!machine.call("g1m_inCurveAffine", at)) return new Uint8Array([0]);
  }
  return new Uint8Array([1]);
}
