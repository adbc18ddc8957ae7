import { errorText } from "../../protocol/errors.ts";
import { runTask, type TaskInput, type TaskName } from "./tasks/run-task.ts";
import { createMachine, type WasmMachine } from "./wasm-machine.ts";

/** From pool to worker: first the compiled program, then one task at a time. */
export type WorkerRequest =
  | { readonly kind: "start"; readonly module: WebAssembly.Module }
  | { readonly kind: "task"; readonly name: TaskName; readonly input: TaskInput<TaskName> };

/** From worker to pool: one answer a request. */
export type WorkerAnswer =
  | { readonly isDone: true; readonly result: Uint8Array<ArrayBuffer> }
  | { readonly isDone: false; readonly message: string };

/** Answers requests inside a worker; the entry files connect it to their platform's port. */
export function createTaskServer(
  answer: (message: WorkerAnswer, transfer: ArrayBuffer[]) => void,
): (request: WorkerRequest) => Promise<void> {
  let machine: WasmMachine | undefined;
  return async (request) => {
    try {
      let result = new Uint8Array(0);
      if (request.kind === "start") machine = await createMachine(request.module);
      else if (machine) result = runTask(machine, request.name, request.input);
      answer({ isDone: true, result }, [result.buffer]);
    } catch (error) {
      answer({ isDone: false, message: errorText(error) }, []);
    }
  };
}
