import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Benchmark } from "../../bench/benchmark.ts";
import { repositoryRoot } from "../../scripts/repository.ts";
import { documentationPages, shellBlocksOf } from "../meta/shell-blocks.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** A command of the repository that a page names, in a shell block of any kind or in running text. */
interface NamedCommand {
  readonly page: string;
  readonly words: readonly string[];
}

function commandsOf(page: string): NamedCommand[] {
  const text = read(page);
  const lines = shellBlocksOf(page, text).flatMap(({ script }) =>
    script.replaceAll(/\\\n\s*/g, " ").split("\n"),
  );
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string);
  return (
    [...lines, ...inline]
      .map((line) => line.replace(/\s+#.*$/, "").trim())
      .filter((line) =>
        /^(npm (run|start|test)\b|node (scripts|examples|bin|services)\/)/.test(line),
      )
      .map((line) => ({ page, words: line.replace("run --silent", "run").split(/\s+/) }))
      // "npm run" alone is a way to speak of all scripts.
      .filter(({ words }) => words.join(" ") !== "npm run")
  );
}

/** What is wrong with it, in words: a benchmark is asked whether its flags mean something. */
async function problemOf({ page, words }: NamedCommand): Promise<string | undefined> {
  const where = `${page}: ${words.join(" ")}`;
  const [program, first = "", second = ""] = words;
  if (program === "node") return existsSync(join(repositoryRoot, first)) ? undefined : where;
  const script = first === "run" ? second : first;
  if (scripts[script] === undefined) return where;
  if (script !== "bench") return undefined;
  const [name = "", ...args] = words.slice(words.indexOf("--") + 1);
  // `<name>` stands for any.
  if (words.indexOf("--") === -1 || name.startsWith("<")) return undefined;
  const path = join(repositoryRoot, `bench/${name}.ts`);
  if (!existsSync(path)) return where;
  const { benchmark } = (await import(path)) as { readonly benchmark: Benchmark };
  try {
    benchmark.prepare(args);
    return undefined;
  } catch (error) {
    return `${where}: ${error}`;
  }
}

describe("commands that the documentation names", () => {
  it("exist, and benchmarks take their flags", async () => {
    const commands = (await documentationPages()).flatMap(commandsOf);

    expect(commands.length).toBeGreaterThan(60);
    expect(commands.some(({ words }) => words.includes("bench"))).toBe(true);
    const problems = await Promise.all(commands.map(problemOf));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it.each([
    "npm run no-such-script",
    "npm run bench -- no-such-benchmark",
    "npm run bench -- faults --round 3",
    "npm run bench -- market --model transformer",
    "node scripts/mutation/no-such-file.ts",
  ])("would refuse %s", async (line) => {
    expect(await problemOf({ page: "a page", words: line.split(" ") })).toBeTypeOf("string");
  });
});
