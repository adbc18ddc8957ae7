// `npm run bench -- <name> [flags]`: every other file of this folder that exports `benchmark` is one.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { refuseArguments, UsageError } from "../scripts/script-arguments.ts";
import type { Benchmark } from "./benchmark.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && name !== "main.ts")
  .map((name) => name.slice(0, -3));

async function load(name: string): Promise<Benchmark | undefined> {
  const { benchmark } = await import(new URL(`${name}.ts`, import.meta.url).href);
  return benchmark;
}

async function list(): Promise<string> {
  const lines = [
    "usage: npm run bench -- <name> [--json] [flags]; --help after a name lists its flags",
  ];
  for (const name of names) {
    const benchmark = await load(name);
    if (benchmark) lines.push(`  ${name.padEnd(12)} ${benchmark.title}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Arguments that mean nothing, as the commands of `commonweight` end for them. */
const USAGE = 2;

async function main(wanted: string | undefined, args: readonly string[]): Promise<void> {
  const benchmark = wanted !== undefined && names.includes(wanted) ? await load(wanted) : undefined;
  if (wanted === undefined || benchmark === undefined) {
    process.stderr.write(await list());
    process.exitCode = wanted === undefined || wanted === "--help" ? 0 : USAGE;
  } else if (args.includes("--help")) {
    process.stdout.write(`${benchmark.help(wanted)}\n`);
  } else {
    try {
      await benchmark.prepare(args)();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      refuseArguments(error.message, benchmark.help(wanted));
    }
  }
}

const [wanted, ...args] = process.argv.slice(2);
await main(wanted, args);
