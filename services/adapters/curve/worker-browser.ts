// Entry of a dedicated worker in the browser.
import { createTaskServer, type WorkerRequest } from "./task-messages.ts";

const serve = createTaskServer((message, transfer) =>
  globalThis.postMessage(message, { transfer }),
);
globalThis.addEventListener("message", (event: MessageEvent<WorkerRequest>) => {
  void serve(event.data);
});
