// `npm run bench -- <name> [options]`: every other file of this folder that exports `runBenchmark` is a benchmark.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a benchmark file exports. */
interface BenchmarkFile {
  /** One line for the list of benchmarks. */
  readonly title: string;
  runBenchmark(args: readonly string[]): Promise<void>;
}

const folder = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && name !== "main.ts")
  .map((name) => name.slice(0, -3));

async function load(name: string): Promise<BenchmarkFile | null> {
  const file = (await import(
    new URL(`${name}.ts`, import.meta.url).href
  )) as Partial<BenchmarkFile>;
  return file.runBenchmark ? (file as BenchmarkFile) : null;
}

const [wanted, ...args] = process.argv.slice(2);
const benchmark = wanted !== undefined && names.includes(wanted) ? await load(wanted) : null;
if (benchmark) {
  await benchmark.runBenchmark(args);
} else {
  process.stderr.write("usage: npm run bench -- <name> [--json] [options]\n");
  for (const name of names) {
    const file = await load(name);
    if (file) process.stderr.write(`  ${name.padEnd(12)} ${file.title}\n`);
  }
  process.exitCode = wanted === undefined ? 0 : 2;
}
