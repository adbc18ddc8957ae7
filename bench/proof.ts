import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { requireCircuitFiles } from "../services/adapters/artifacts/circuit-artifacts.ts";
import { CommonweightError } from "../services/protocol/errors.ts";
import { trustRule } from "../services/protocol/rule/trust-rule.ts";
import { defineBenchmark } from "./benchmark.ts";
import { count, counts } from "./flags.ts";
import type { ProofFigures } from "./proof/measure-size.ts";

/**
 * `npm run bench -- proof --params 10000,100000,1000000 --slots 8,16,32 --json`: every size with every number of slots, each in a process
 * of its own, so that the peak memory is that run's.
 */
export const benchmark = defineBenchmark({
  title: "commit, prove and verify a round, per model size (seconds, MB)",
  flags: {
    params: counts("parameters of the models", [10_000, 100_000, 1_000_000]),
    slots: counts("slots of the rounds", [16]),
    threads: count("threads of the prover", availableParallelism()),
  },
  async run(values) {
    try {
      // Before minutes of measuring: keys for 32 slots are not in the repository.
      for (const slots of values.slots) await requireCircuitFiles(trustRule.id, slots);
    } catch (error) {
      if (!(error instanceof CommonweightError)) throw error;
      process.stderr.write(`${error.code}: ${error.message}\n${error.hint}\n`);
      process.exitCode = 2;
      return;
    }
    const rows: ProofFigures[] = [];
    for (const params of values.params) {
      for (const slots of values.slots) {
        rows.push(await measureInChild([params, slots, values.threads].map(String)));
      }
    }
    if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    else console.table(rows);
  },
});

function measureInChild(args: readonly string[]): Promise<ProofFigures> {
  const program = fileURLToPath(new URL("proof/measure-size.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`measuring ended with ${code}`)),
    );
  });
}
