import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compileCircuit } from "../../scripts/circuits/compile-circuit.ts";
import { type LinearCombination, type R1cs, readR1cs } from "../../scripts/circuits/r1cs.ts";
import { circuitSources } from "../../scripts/circuits/source-hash.ts";
import { repositoryRoot } from "../../scripts/repository.ts";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";

/** Input signals by name. */
export type CircuitInput = Readonly<Record<string, bigint | number | readonly (bigint | number)[]>>;

/** A compiled circuit under test. */
export interface Circuit {
  readonly r1cs: R1cs;
  /** Wire -> one of the names that the compiler merged into it. */
  readonly names: ReadonlyMap<number, string>;
  /** Signals of the main component in the order of their wires. */
  readonly publicNames: readonly string[];
  /** The witness that the circuit's own program computes; throws when it finds that there is none. */
  witness(input: CircuitInput): Promise<bigint[]>;
  /** Output wires, in order. */
  outputs(input: CircuitInput): Promise<bigint[]>;
}

function evaluate(combination: LinearCombination, witness: readonly bigint[]): bigint {
  let sum = 0n;
  for (const [wire, coefficient] of combination) sum += coefficient * (witness[wire] as bigint);
  return sum % SCALAR_FIELD;
}

/** Indices of the constraints that a witness violates. */
export function violations(r1cs: R1cs, witness: readonly bigint[]): number[] {
  return r1cs.constraints.flatMap((constraint, index) =>
    isViolated(constraint, witness) ? [index] : [],
  );
}

function isViolated(
  [left, right, out]: R1cs["constraints"][number],
  witness: readonly bigint[],
): boolean {
  const difference = evaluate(left, witness) * evaluate(right, witness) - evaluate(out, witness);
  return difference % SCALAR_FIELD !== 0n;
}

/** Wires, other than the constant, that can be moved by one alone without violating any constraint. */
export function freeWires({ r1cs, names }: Circuit, witness: readonly bigint[]): string[] {
  const users = new Map<number, R1cs["constraints"][number][]>();
  for (const constraint of r1cs.constraints) {
    for (const wire of new Set(constraint.flatMap((part) => part.map(([at]) => at)))) {
      users.set(wire, [...(users.get(wire) ?? []), constraint]);
    }
  }
  const changed = [...witness];
  const free: string[] = [];
  for (let wire = 1; wire < r1cs.wires; wire++) {
    const original = witness[wire] as bigint;
    changed[wire] = (original + 1n) % SCALAR_FIELD;
    const isNoticed = (users.get(wire) ?? []).some((constraint) => isViolated(constraint, changed));
    if (!isNoticed) free.push(names.get(wire) ?? `wire ${wire}`);
    changed[wire] = original;
  }
  return free;
}

/**
 * A witness with other values for signals of the main component, by name without `main.`. Signals that the
 * compiler has replaced by others are left to those.
 */
export function assign(
  { names }: Circuit,
  witness: readonly bigint[],
  changes: Readonly<Record<string, bigint>>,
): bigint[] {
  const changed = [...witness];
  for (const [wire, name] of names) {
    const value = changes[name.replace(/^main\./, "")];
    if (value !== undefined) changed[wire] = ((value % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;
  }
  return changed;
}

/** The bits of a value as changes for {@link assign}; of a negative value, those of its lowest digits. */
export function bitsOf(name: string, value: bigint, count: number): Record<string, bigint> {
  const bits = BigInt.asUintN(count, value);
  return Object.fromEntries(
    Array.from({ length: count }, (_, bit) => [`${name}[${bit}]`, (bits >> BigInt(bit)) & 1n]),
  );
}

/** What the compiler makes of a template. */
export interface CircuitFiles {
  readonly r1cs: Uint8Array;
  readonly wasm: Uint8Array;
  readonly symbols: string;
  /** Path of the program around the wasm that circom writes. */
  readonly program: string;
}

/** What circom's program gives: compiled once, it computes witness after witness. */
interface WitnessCalculator {
  calculateWitness(input: CircuitInput): Promise<bigint[]>;
}

type BuildCalculator = (wasm: Uint8Array) => Promise<WitnessCalculator>;

/**
 * Compiles a template from `circuits/` with its arguments, once for each state of its sources.
 *
 * @param file Below `circuits/`.
 * @param main The template with its arguments, for instance `FloorDivision(11, 130)`.
 */
export async function circuitFiles(
  file: string,
  main: string,
  publicInputs: readonly string[] = [],
): Promise<CircuitFiles> {
  const text = `pragma circom 2.1.9;

include "../../../circuits/${file}";

component main ${publicInputs.length > 0 ? `{public [${publicInputs.join(", ")}]} ` : ""}= ${main};
`;
  const hash = createHash("sha256").update(text);
  for (const [path, source] of await circuitSources(file)) hash.update(path + source);
  const name = main.replace(/\W+/g, "-").replace(/-$/, "").toLowerCase();
  const folder = `cache/circuits/witness-${name}-${hash.digest("hex").slice(0, 12)}`;
  if (!existsSync(join(repositoryRoot, folder))) {
    // Test files that run at the same time may want the same circuit: each compiles aside, the first to finish wins.
    const draft = `cache/circuits/draft-${randomUUID()}`;
    await compileCircuit({ name, folder: draft, text, isQuiet: true });
    // It is CommonJS, which this package's `.js` files are not.
    const generated = join(repositoryRoot, draft, `${name}_js/witness_calculator.js`);
    await copyFile(generated, join(repositoryRoot, draft, "witness-calculator.cjs"));
    const isFirst = await rename(join(repositoryRoot, draft), join(repositoryRoot, folder)).then(
      () => true,
      () => false,
    );
    if (!isFirst) await rm(join(repositoryRoot, draft), { recursive: true });
  }
  const read = async (path: string) =>
    new Uint8Array(await readFile(join(repositoryRoot, folder, path)));
  return {
    r1cs: await read(`${name}.r1cs`),
    wasm: await read(`${name}_js/${name}.wasm`),
    symbols: new TextDecoder().decode(await read(`${name}.sym`)),
    program: join(repositoryRoot, folder, "witness-calculator.cjs"),
  };
}

/** {@link circuitFiles}, ready to run. */
export async function circuitOf(
  file: string,
  main: string,
  publicInputs: readonly string[] = [],
): Promise<Circuit> {
  return openCircuit(await circuitFiles(file, main, publicInputs));
}

function openCircuit(files: CircuitFiles): Circuit {
  const r1cs = readR1cs(files.r1cs);
  const names = new Map<number, string>();
  for (const line of files.symbols.trim().split("\n")) {
    const [, wire, , name] = line.split(",");
    const at = Number(wire);
    if (at > 0 && name !== undefined && !names.has(at)) names.set(at, name);
  }
  const build = createRequire(import.meta.url)(files.program) as BuildCalculator;
  const calculator = build(files.wasm);
  const witness = async (input: CircuitInput) => (await calculator).calculateWitness(input);
  return {
    r1cs,
    names,
    publicNames: Array.from({ length: r1cs.publicCount }, (_, index) =>
      (names.get(index + 1) ?? "").replace(/^main\./, ""),
    ),
    witness,
    async outputs(input) {
      return (await witness(input)).slice(1, 1 + r1cs.publicCount);
    },
  };
}
