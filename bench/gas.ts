import { parseArgs } from "node:util";
import { measureVerifierGas } from "./gas/verifier-gas.ts";

export const title =
  "gas of Gram proof, rule proof and the merged verification, per number of slots";

/** `npm run bench -- gas --json`: exact on every machine. */
export async function runBenchmark(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false } },
  });
  const rows = await measureVerifierGas();
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else console.table(rows);
}
