import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";

/** Ways to compile, quickest first; not every contract compiles in each, and not every test passes on code without optimiser. */
export type CompilerMode = "legacy" | "unoptimised" | "configured";

interface Artifact {
  readonly contractName: string;
  readonly inputSourceName: string;
  readonly buildInfoId: string;
  readonly bytecode: string;
  readonly deployedBytecode: string;
  readonly linkReferences: unknown;
  readonly deployedLinkReferences: unknown;
  readonly immutableReferences: unknown;
}

interface CompilerInput {
  readonly sources: Record<string, { readonly content: string }>;
  readonly settings: Record<string, unknown>;
}

interface Bytecode {
  readonly object: string;
  readonly linkReferences: unknown;
}

interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly message: string }[];
  readonly contracts?: Record<
    string,
    Record<
      string,
      {
        readonly evm: {
          readonly bytecode: Bytecode;
          readonly deployedBytecode: Bytecode & { readonly immutableReferences?: unknown };
        };
      }
    >
  >;
}

/** Compiled contracts in which a changed source ends up, with what is needed to compile them again. */
export interface Rebuilder {
  /** Overwrites the artifacts by those of the changed source; returns why it does not compile. */
  rebuild(content: string, mode: CompilerMode): string | undefined;
  restore(): void;
}

const require = createRequire(import.meta.url);

/**
 * Compiles after a change of one source only what the suite runs of it, in this process: the test contracts that contain its code, and
 * the libraries that are linked by address. Hardhat would compile everything that imports it, for a minute.
 *
 * @param copy A folder in which Hardhat has compiled contracts and suite.
 * @param suite The suite's path in the copy.
 * @param file The source's path in the copy.
 */
export function createRebuilder(copy: string, suite: string, file: string): Rebuilder {
  const own = artifactsIn(copy, suite);
  const { input } = buildOf(copy, own[0]?.artifact);
  const closure = closureOf(input, `project/${suite}`);
  const linked = [...closure]
    .filter((name) => isLinkedOnly(input, name))
    .flatMap((name) => artifactsIn(copy, name.replace(/^project\//, "")));
  const changed = [...own, ...linked].filter(
    ({ artifact }) =>
      artifact.bytecode !== "0x" &&
      contentsOf(input, artifact.inputSourceName).has(`project/${file}`),
  );
  if (changed.length === 0) throw new Error(`${suite} runs nothing of ${file}`);
  const needed = new Set(
    changed.flatMap(({ artifact }) => [...closureOf(input, artifact.inputSourceName)]),
  );
  const sources = Object.fromEntries(
    Object.entries(input.sources).filter(([name]) => needed.has(name)),
  );
  return {
    rebuild(content, mode) {
      const output = compile(
        { ...input, sources: { ...sources, [`project/${file}`]: { content } } },
        changed.map(({ artifact }) => artifact),
        mode,
      );
      const failure = output.errors?.find(({ severity }) => severity === "error");
      if (failure !== undefined) return failure.message;
      for (const { path, artifact } of changed) {
        const { evm } = output.contracts?.[artifact.inputSourceName]?.[artifact.contractName] ?? {};
        if (evm === undefined) return `${artifact.contractName} was not compiled`;
        const rebuilt: Artifact = {
          ...artifact,
          bytecode: `0x${evm.bytecode.object}`,
          linkReferences: evm.bytecode.linkReferences,
          deployedBytecode: `0x${evm.deployedBytecode.object}`,
          deployedLinkReferences: evm.deployedBytecode.linkReferences,
          immutableReferences: evm.deployedBytecode.immutableReferences ?? {},
        };
        writeFileSync(path, JSON.stringify(rebuilt));
      }
      return undefined;
    },
    restore() {
      for (const { path, artifact } of changed) writeFileSync(path, JSON.stringify(artifact));
    },
  };
}

function compile(
  input: CompilerInput,
  wanted: readonly Artifact[],
  mode: CompilerMode,
): CompilerOutput {
  const outputSelection: Record<string, Record<string, readonly string[]>> = {};
  for (const { inputSourceName, contractName } of wanted) {
    outputSelection[inputSourceName] = {
      ...outputSelection[inputSourceName],
      [contractName]: ["evm.bytecode", "evm.deployedBytecode"],
    };
  }
  const settings = {
    ...input.settings,
    ...(mode === "configured"
      ? {}
      : { viaIR: mode === "unoptimised", optimizer: { enabled: false } }),
    outputSelection,
  };
  const solc = require("solc") as { compile(input: string): string };
  return JSON.parse(solc.compile(JSON.stringify({ ...input, settings }))) as CompilerOutput;
}

function artifactsIn(copy: string, source: string): { path: string; artifact: Artifact }[] {
  const folder = join(copy, "artifacts", source);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({
      path: join(folder, name),
      artifact: JSON.parse(readFileSync(join(folder, name), "utf8")) as Artifact,
    }));
}

function buildOf(copy: string, artifact: Artifact | undefined): { input: CompilerInput } {
  if (artifact === undefined) throw new Error("the suite was not compiled");
  const path = join(copy, "artifacts/build-info", `${artifact.buildInfoId}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as { input: CompilerInput };
}

/** The source and everything that it imports. What comes from npm is in it whole, since its names are not paths. */
function closureOf(input: CompilerInput, from: string, isCut = (_: string) => false): Set<string> {
  const found = new Set(Object.keys(input.sources).filter((name) => name.startsWith("npm/")));
  const visit = (name: string) => {
    const content = input.sources[name]?.content;
    if (content === undefined || found.has(name)) return;
    found.add(name);
    if (name !== from && isCut(name)) return;
    for (const [, path] of content.matchAll(/^(?:import|\}) .*?"(\.[^"]+)";/gm)) {
      visit(posix.join(posix.dirname(name), path as string));
    }
  };
  visit(from);
  return found;
}

/** The sources whose code is in a contract's own: behind a linked library there is only its address. */
function contentsOf(input: CompilerInput, from: string): Set<string> {
  const contents = closureOf(input, from, (name) => isLinkedOnly(input, name));
  return new Set([...contents].filter((name) => name === from || !isLinkedOnly(input, name)));
}

/** A library with external functions, and none that its callers could take into their own code. */
function isLinkedOnly(input: CompilerInput, name: string): boolean {
  const content = input.sources[name]?.content.replace(/\/\/.*$/gm, "") ?? "";
  const heads = [...content.matchAll(/function \w+\([^)]*\)([^{;]*)/g)].map(
    ([, tail]) => tail as string,
  );
  return (
    /^library /m.test(content) &&
    heads.some((tail) => /\bexternal\b/.test(tail)) &&
    heads.every((tail) => /\b(external|private)\b/.test(tail))
  );
}
