import { ledgerText, liveProject } from "../test/integration/market-life.ts";
import { defineBenchmark } from "./benchmark.ts";

/** `npm run bench -- life [--json]`: on a simulated chain, the same on every machine. Exits with 1 if a wei is missing. */
export const benchmark = defineBenchmark({
  title: "ten rounds of a project in which much goes wrong, and where every wei went",
  flags: {},
  async run(values) {
    const ledger = await liveProject();
    const putInWei = ledger.lines.reduce((sum, line) => sum + line.putInWei, 0n);
    const accountedWei = ledger.lines.reduce(
      (sum, line) => sum + line.gotBackWei + line.keptWei,
      0n,
    );
    const missingWei = putInWei - accountedWei;
    const asText = (_: string, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value;
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ ...ledger, missingWei }, asText, 2)}\n`
        : `${ledgerText(ledger)}\nmissing:           ${missingWei} wei\n`,
    );
    if (missingWei !== 0n) process.exitCode = 1;
  },
});
