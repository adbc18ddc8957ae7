import { parseArgs } from "node:util";
import { measureMarketGas } from "./gas/market-gas.ts";
import { measureVerifierGas } from "./gas/verifier-gas.ts";

export const title = "gas: Gram proof, rule proof, merged verification; every step of the market";

/** `npm run bench -- gas --json`: exact on every machine. */
export async function runBenchmark(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false } },
  });
  const figures = { verifier: await measureVerifierGas(), market: await measureMarketGas() };
  if (values.json) {
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  } else {
    console.table(figures.verifier);
    console.table(figures.market);
  }
}
