import { parseArgs } from "node:util";
import { measureCoders } from "./storage/measure-coders.ts";
import { measureTransfers } from "./storage/measure-transfers.ts";

export const title =
  "bytes per parameter of each coder on real updates, sealing, and IPFS transfer rates";

/**
 * `npm run bench -- storage --json`: trains on MNIST, then compresses, seals and moves the updates. `--megabytes 16,64` sets the
 * sizes of the transfers.
 */
export async function runBenchmark(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      megabytes: { type: "string", default: "2,16,64" },
    },
  });
  const coders = await measureCoders();
  const transfers = await measureTransfers(values.megabytes.split(",").map(Number));
  if (values.json) process.stdout.write(`${JSON.stringify({ coders, transfers }, null, 2)}\n`);
  else {
    console.table(coders);
    console.table(transfers);
  }
}
