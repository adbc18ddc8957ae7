import { defineBenchmark } from "./benchmark.ts";
import { measureMarketGas } from "./gas/market-gas.ts";
import { measureVerifierGas } from "./gas/verifier-gas.ts";

/** `npm run bench -- gas --json`: exact on every machine. */
export const benchmark = defineBenchmark({
  title: "Gram proof, rule proof, merged verification; every step of the market",
  flags: {},
  async run(values) {
    const figures = { verifier: await measureVerifierGas(), market: await measureMarketGas() };
    if (values.json) {
      process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
    } else {
      console.table(figures.verifier);
      console.table(figures.market);
    }
  },
});
