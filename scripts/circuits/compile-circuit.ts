import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";

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
  /** Prints nothing unless the compiler fails. */
  readonly isQuiet?: boolean;
}

/**
 * Compiles a circom program with the compiler from npm, fully simplified (`--O2`).
 *
 * @throws Error when the compiler refuses it; with its reasons.
 */
export async function compileCircuit(program: CircuitProgram): Promise<CompiledCircuit> {
  const { name, folder, text, isQuiet = false } = program;
  await mkdir(join(repositoryRoot, folder), { recursive: true });
  const source = `${folder}/${name}.circom`;
  await writeFile(join(repositoryRoot, source), text);
  const { status, stdout, stderr } = await runCircom([
    source,
    ...["--r1cs", "--wasm", "--sym", "--O2", "-l", "node_modules", "-o", folder],
  ]);
  if (!isQuiet) process.stdout.write(stdout);
  if (status !== 0) throw new Error(`circom refused ${name}:\n${stdout}${stderr}`);
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

component main {public [alpha, gramHash]} = ${template}(${slots});
`;
}

interface CircomRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runCircom(args: readonly string[]): Promise<CircomRun> {
  const child = spawn(process.execPath, ["node_modules/circom2/cli.js", ...args], {
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, ...text }));
  });
}
