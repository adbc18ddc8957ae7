import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compileCircuit } from "../../scripts/circuits/compile-circuit.ts";
import { repositoryRoot } from "../../scripts/repository.ts";

/** Constraints of a rule with the updates inside the circuit, by number of parameters. */
export interface InCircuitCost {
  readonly trainers: number;
  readonly compiled: readonly { readonly parameters: number; readonly constraints: number }[];
  /** Slope between the two largest compiled sizes. */
  readonly constraintsPerParameter: number;
}

const FOLDER = "cache/in-circuit";

/** Number of constraints in an `.r1cs` file's header (format version 1, BN254), without reading the constraints. */
function constraintCount(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 12;
  for (let section = 0; section < view.getUint32(8, true); section++) {
    const size = Number(view.getBigUint64(offset + 4, true));
    if (view.getUint32(offset, true) === 1) return view.getUint32(offset + 12 + 4 + 32 + 24, true);
    offset += 12 + size;
  }
  throw new Error("not an .r1cs file");
}

/** Compiles the same rule's growing part with the updates in the circuit, at several sizes. */
export async function measureInCircuitRule(options: {
  readonly trainers: number;
  readonly sizes: readonly number[];
}): Promise<InCircuitCost> {
  const { trainers, sizes } = options;
  const compiled: { parameters: number; constraints: number }[] = [];
  for (const parameters of sizes) {
    const { r1cs } = await compileCircuit({
      name: `in-circuit-${trainers}-${parameters}`,
      folder: FOLDER,
      text: `pragma circom 2.1.9;\ninclude "../../bench/market/InCircuitGram.circom";\ncomponent main = InCircuitGram(${trainers}, ${parameters});\n`,
      isQuiet: true,
    });
    const bytes = await readFile(join(repositoryRoot, r1cs));
    compiled.push({ parameters, constraints: constraintCount(new Uint8Array(bytes)) });
  }
  const [one, other] = compiled.slice(-2) as [(typeof compiled)[0], (typeof compiled)[0]];
  return {
    trainers,
    compiled,
    constraintsPerParameter:
      (other.constraints - one.constraints) / (other.parameters - one.parameters),
  };
}
