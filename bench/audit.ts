import { countParameters } from "../services/learning/model-spec.ts";
import { marketManifest } from "../services/market/market-plan.ts";
import { defineBenchmark } from "./benchmark.ts";
import { count } from "./flags.ts";
import { withEndedMarket } from "./market/ended-market.ts";
import { HONEST_MARKET_FLAGS, honestMarket } from "./market/honest-market.ts";
import { type AuditScope, measureAudit } from "./market/measure-audit.ts";
import { median } from "./statistics.ts";

const SCOPES: readonly (AuditScope & { readonly name: string })[] = [
  { name: "everything" },
  { name: "the chain alone", hasModels: false },
  { name: "one round, the chain alone", hasModels: false, roundIndex: 0 },
];

/**
 * `npm run bench -- audit [--rounds 10] [--trainers 8] [--model mlp] [--samples 8000] [--runs 3] [--json]`: runs a market to its end and
 * audits its project some times, as `commonweight audit` does in a terminal. Exits with 1 when an audit fails.
 */
export const benchmark = defineBenchmark({
  title: "an audit of a whole project, of its chain alone, and of one round",
  flags: {
    ...HONEST_MARKET_FLAGS,
    runs: count("audits of each kind, of which the median counts", 3),
  },
  async run(values) {
    const options = honestMarket(values);
    const { trainers } = options;
    const audits = await withEndedMarket(options, async (market) => {
      const measured = [];
      for (const { name, ...scope } of SCOPES) {
        const runs = [];
        for (let run = 0; run < values.runs; run++) runs.push(await measureAudit(market, scope));
        measured.push({ name, ...summary(runs) });
      }
      return measured;
    });
    const parameters = countParameters(marketManifest(options).model);
    const result = { rounds: options.rounds, trainers, model: options.model, parameters, audits };
    if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else {
      process.stdout.write(
        `${options.rounds} rounds, ${trainers} trainers, ${parameters} parameters\n`,
      );
      console.table(audits);
    }
    if (!audits.every(({ isPassed }) => isPassed)) process.exitCode = 1;
  },
});

const rounded = (seconds: number) => Math.round(100 * seconds) / 100;

/** Medians; what is checked is the same each time. */
function summary(runs: readonly Awaited<ReturnType<typeof measureAudit>>[]) {
  return {
    isPassed: runs.every(({ isPassed }) => isPassed),
    rounds: runs[0]?.rounds ?? 0,
    checks: runs[0]?.checks ?? 0,
    seconds: rounded(median(runs.map(({ seconds }) => seconds))),
    cpuSeconds: rounded(median(runs.map(({ cpuSeconds }) => cpuSeconds))),
  };
}
