import type { G1Point } from "../../services/protocol/curve.ts";

/** What most of a Gram proof's time goes to. Each is told by a commitment, so that different programs can be compared. */
export const OPERATIONS = {
  fieldElements: "commitment of field elements",
  integers: "commitment of 16-bit integers",
  autocorrelation: "autocorrelation",
} as const;

/** One of {@link OPERATIONS}. */
export type Operation = keyof typeof OPERATIONS;

/** What an operation took, of all threads of the process, and what it commits to. */
export interface Measured {
  readonly cpuSeconds: number;
  readonly point: G1Point;
}

/** A program that can do the operations, on one thread. */
export interface Contestant extends AsyncDisposable {
  readonly name: string;
  /** @returns undefined for what it does not offer. */
  measure(operation: Operation): Promise<Measured | undefined>;
}

/** CPU seconds of this process while a step runs, and its result. */
export async function measureCpu<T>(step: () => Promise<T>): Promise<[T, number]> {
  const before = process.cpuUsage();
  const result = await step();
  const { user, system } = process.cpuUsage(before);
  return [result, Math.round((user + system) / 1000) / 1000];
}
