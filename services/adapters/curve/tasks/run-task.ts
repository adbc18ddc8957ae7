import type { WasmMachine } from "../wasm-machine.ts";
import { checkPoints } from "./check-points.ts";
import { combine } from "./combine.ts";
import { add, multiply } from "./entrywise.ts";
import { fourierColumns, fourierRows } from "./fourier.ts";
import { multiScalar } from "./multi-scalar.ts";
import { divide, evaluate } from "./polynomial.ts";
import { powers } from "./powers.ts";

const tasks = {
  add,
  checkPoints,
  combine,
  divide,
  evaluate,
  fourierColumns,
  fourierRows,
  multiply,
  multiScalar,
  powers,
};

/** Work that a worker can do. */
export type TaskName = keyof typeof tasks;
/** What each kind of work needs. */
export type TaskInput<Name extends TaskName> = Parameters<(typeof tasks)[Name]>[1];

/** Runs one task on a machine with empty memory. */
export function runTask<Name extends TaskName>(
  machine: WasmMachine,
  name: Name,
  input: TaskInput<Name>,
): Uint8Array<ArrayBuffer> {
  machine.reset();
  const task = tasks[name] as (
    machine: WasmMachine,
    input: TaskInput<Name>,
  ) => Uint8Array<ArrayBuffer>;
  return task(machine, input);
}
