import { defineBenchmark } from "./benchmark.ts";
import { counts } from "./flags.ts";
import { measureCoders } from "./storage/measure-coders.ts";
import { measureTransfers } from "./storage/measure-transfers.ts";

/**
 * `npm run bench -- storage --json`: trains on MNIST, then compresses, seals and moves the updates. `--megabytes 16,64` sets the
 * sizes of the transfers.
 */
export const benchmark = defineBenchmark({
  title: "bytes per parameter of each coder on real updates, sealing, and IPFS transfer rates",
  flags: { megabytes: counts("sizes of the transfers, MB", [2, 16, 64]) },
  async run(values) {
    const coders = await measureCoders();
    const transfers = await measureTransfers(values.megabytes);
    if (values.json) process.stdout.write(`${JSON.stringify({ coders, transfers }, null, 2)}\n`);
    else {
      console.table(coders);
      console.table(transfers);
    }
  },
});
