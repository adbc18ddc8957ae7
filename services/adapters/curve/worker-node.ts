// Entry of a worker thread in Node.
import { parentPort } from "node:worker_threads";
import { createTaskServer, type WorkerRequest } from "./task-messages.ts";

const serve = createTaskServer((message, transfer) => parentPort?.postMessage(message, transfer));
parentPort?.on("message", (request: WorkerRequest) => void serve(request));
