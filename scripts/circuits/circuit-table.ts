import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";

/** One line of `circuits/circuits.json`. */
export interface CircuitEntry {
  /** Name of its files: `trust-16`. */
  readonly name: string;
  /** Template, and the file below `circuits/` that defines it. */
  readonly template: string;
  readonly ruleId: number;
  readonly slots: number;
  /** Whether its development key is kept in the repository, so that a fresh clone needs no setup. */
  readonly isCommitted: boolean;
}

/** Reads the table of circuits. */
export async function readCircuitTable(): Promise<CircuitEntry[]> {
  const text = await readFile(join(repositoryRoot, "circuits/circuits.json"), "utf8");
  return JSON.parse(text) as CircuitEntry[];
}
