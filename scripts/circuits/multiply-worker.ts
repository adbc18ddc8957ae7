import { parentPort, workerData } from "node:worker_threads";
import { multiplyHere } from "./fixed-base.ts";
import type { MultiplyJob } from "./multiply-generator.ts";

const { module, task } = workerData as MultiplyJob;
parentPort?.postMessage(await multiplyHere(module, task));
