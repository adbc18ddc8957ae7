import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot, runNode } from "../repository.ts";

/** What a circuit is compiled to; paths below the repository's root. */
export interface CompiledCircuit {
  readonly r1cs: string;
  readonly wasm: string;
  readonly sym: string;
}

/** Which program text to compile. */
export interface CircuitProgram {
  /** Name of the files. */
  readonly name: string;
  /** Where they go, below the root. */
  readonly folder: string;
  /** A circom program with a `main`; includes are relative to `folder`. */
  readonly text: string;
}

/**
 * Compiles a circom program with the compiler from npm, fully simplified (`--O2`).
 *
 * @throws Error when the compiler refuses it; its reasons are on the terminal.
 */
export async function compileCircuit(program: CircuitProgram): Promise<CompiledCircuit> {
  const { name, folder, text } = program;
  await mkdir(join(repositoryRoot, folder), { recursive: true });
  const source = `${folder}/${name}.circom`;
  await writeFile(join(repositoryRoot, source), text);
  const code = await runNode([
    "node_modules/circom2/cli.js",
    source,
    ...["--r1cs", "--wasm", "--sym", "--O2", "-l", "node_modules", "-o", folder],
  ]);
  if (code !== 0) throw new Error(`circom refused ${name}`);
  return {
    r1cs: `${folder}/${name}.r1cs`,
    wasm: `${folder}/${name}_js/${name}.wasm`,
    sym: `${folder}/${name}.sym`,
  };
}

/** The program of a rule's circuit: its template with a number of slots. */
export function ruleProgram(template: string, slots: number): string {
  return `pragma circom 2.1.9;

include "../../../circuits/${template}.circom";

component main {public [alpha, mu, gramHash, terms]} = ${template}(${slots});
`;
}
