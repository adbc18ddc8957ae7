import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { CommonweightError, defineErrors } from "../../protocol/errors.ts";

export const artifactErrors = defineErrors([2100, 2149], {
  missing: {
    code: "CW2100",
    title: "The files of this circuit are not here",
    hint: "Keys for 8 and 16 slots come with the repository; others are made by `npm run circuits`.",
  },
});

/** What proving a rule needs. */
export interface CircuitArtifacts {
  /** Witness calculator. */
  readonly wasm: Uint8Array;
  /** Groth16 proving key. */
  readonly provingKey: Uint8Array;
}

const RULE_NAMES: Readonly<Record<number, string>> = { 1: "trust", 2: "multi-krum" };

/** The name of a rule's circuit in files: `trust-16`. */
export function circuitName(ruleId: number, slotCount: number): string {
  return `${RULE_NAMES[ruleId] ?? `rule-${ruleId}`}-${slotCount}`;
}

const unzip = promisify(gunzip);

/** Reads a circuit's files. @throws CW2100 when they are not there. */
export async function readCircuitArtifacts(
  ruleId: number,
  slotCount: number,
  folder: URL = new URL("../../../circuits/keys/", import.meta.url),
): Promise<CircuitArtifacts> {
  const name = circuitName(ruleId, slotCount);
  const read = async (suffix: string) => {
    try {
      return new Uint8Array(await unzip(await readFile(new URL(`${name}.${suffix}.gz`, folder))));
    } catch (cause) {
      throw new CommonweightError(artifactErrors.missing, `${name}.${suffix}`, { cause });
    }
  };
  const [wasm, provingKey] = await Promise.all([read("wasm"), read("zkey")]);
  return { wasm, provingKey };
}
