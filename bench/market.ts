import { readKeyRecord } from "../services/adapters/artifacts/key-records.ts";
import { countParameters } from "../services/learning/model-spec.ts";
import type { MarketEvent } from "../services/market/market-event.ts";
import { type MarketOptions, marketManifest } from "../services/market/market-plan.ts";
import { defineBenchmark } from "./benchmark.ts";
import { file } from "./flags.ts";
import { FLOWER_RUNTIMES } from "./flower/federation.ts";
import { type FlowerRun, requireFlower, runFlower } from "./flower/run-flower.ts";
import { withEndedMarket } from "./market/ended-market.ts";
import { HONEST_MARKET_FLAGS, honestMarket } from "./market/honest-market.ts";
import { measureInCircuitRule } from "./market/in-circuit-rule.ts";
import { measureAudit } from "./market/measure-audit.ts";
import { PHASES, type Phase, phaseTimes, type TimedEvent } from "./market/phase-times.ts";
import { runPlainAveraging } from "./market/plain-averaging.ts";

/** Updates are in the circuit, so that its size is bounded by what the compiler takes. */
const IN_CIRCUIT_SIZES = [450, 900];

/**
 * `npm run bench -- market [--rounds 10] [--trainers 8] [--model mlp] [--samples 8000] [--flower python] [--json]`: a market of honest trainers from the
 * project's posting to its end, divided into training, proof, storage, chain and waiting; the same training as plain
 * federated averaging in one process; with `--flower` the same job in a Flower federation; and what the rule would cost with the updates inside the circuit.
 */
export const benchmark = defineBenchmark({
  title: "a whole job: where its time goes, beside plain averaging and a rule in the circuit",
  flags: {
    ...HONEST_MARKET_FLAGS,
    flower: file(
      "the Python of an environment with flwr[simulation] and numpy: does the job in Flower, too",
    ),
  },
  async run(values) {
    const options = honestMarket(values);
    const { trainers } = options;
    if (values.flower !== undefined) requireFlower(options, values.flower);
    const market = await measureMarket(options);
    const plain = await runPlainAveraging(options);
    const flower: FlowerRun[] = [];
    for (const runtime of values.flower === undefined ? [] : FLOWER_RUNTIMES) {
      flower.push(await runFlower(options, values.flower as string, runtime));
    }
    const inCircuit = await measureInCircuitRule({ trainers, sizes: IN_CIRCUIT_SIZES });
    const parameters = countParameters(marketManifest(options).model);
    const ours = await readKeyRecord(1, options.slots);
    const constraints = Math.round(inCircuit.constraintsPerParameter * parameters);
    const result = {
      options: { rounds: options.rounds, trainers, model: options.model, parameters },
      market,
      plain: { ...plain, marketTimesAsLong: market.seconds / plain.seconds },
      flower: flower.map((run) => ({ ...run, marketTimesAsLong: market.seconds / run.seconds })),
      ruleCircuit: {
        constraints: ours.constraints,
        withUpdatesInside: {
          ...inCircuit,
          constraints,
          timesAsMany: constraints / ours.constraints,
        },
      },
    };
    process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : text(result));
  },
});

async function measureMarket(options: MarketOptions) {
  const events: (TimedEvent & { readonly [detail: string]: unknown })[] = [];
  const startedMs = performance.now();
  const onEvent = (event: MarketEvent) => events.push({ ...event, ms: performance.now() });
  const { project, audit } = await withEndedMarket(
    options,
    async (market, project) => ({ project, audit: await measureAudit(market) }),
    onEvent,
  );
  const at = (type: string) => events.find((event) => event.type === type)?.ms as number;
  const span = { fromMs: at("project-posted"), toMs: at("ended") };
  const milliseconds = phaseTimes(events, span);
  const seconds = Object.fromEntries(
    PHASES.map((phase) => [phase, Math.round(milliseconds[phase]) / 1000]),
  ) as Record<Phase, number>;
  const total = (span.toMs - span.fromMs) / 1000;
  return {
    // Chain, contracts and all programs: they run before the project is posted, and would for many of them.
    startSeconds: (span.fromMs - startedMs) / 1000,
    seconds: total,
    appliedRounds: project.appliedRounds,
    audit,
    phases: seconds,
    neitherTrainingNorProof: 1 - (seconds.training + seconds.proof) / total,
    accuracies: events.flatMap((event) =>
      event.type === "evaluated" ? [Number(event.accuracy)] : [],
    ),
  };
}

interface Result {
  readonly options: { readonly rounds: number; readonly parameters: number };
  readonly market: Awaited<ReturnType<typeof measureMarket>>;
  readonly plain: { readonly seconds: number; readonly accuracies: readonly number[] };
  readonly flower: readonly (FlowerRun & { readonly marketTimesAsLong: number })[];
  readonly ruleCircuit: {
    readonly constraints: number;
    readonly withUpdatesInside: {
      readonly constraints: number;
      readonly constraintsPerParameter: number;
      readonly compiled: readonly { readonly parameters: number; readonly constraints: number }[];
    };
  };
}

function text({ options, market, plain, flower, ruleCircuit }: Result): string {
  const percent = (part: number) => `${((100 * part) / market.seconds).toFixed(0)} %`;
  const { withUpdatesInside: inside } = ruleCircuit;
  const last = (accuracies: readonly number[]) =>
    `${(100 * (accuracies.at(-1) ?? 0)).toFixed(1)} %`;
  const count = (value: number) => Math.round(value).toLocaleString("en");
  return [
    `all programs started: ${market.startSeconds.toFixed(1)} s`,
    `${options.rounds} rounds, ${count(options.parameters)} parameters, from posting to end: ${market.seconds.toFixed(0)} s, accuracy ${last(market.accuracies)}`,
    ...PHASES.map(
      (phase) =>
        `  ${phase.padEnd(9)} ${market.phases[phase].toFixed(1).padStart(7)} s  ${percent(market.phases[phase]).padStart(5)}`,
    ),
    `audit of ${market.audit.rounds} rounds: ${market.audit.seconds.toFixed(1)} s, ${market.audit.isPassed ? "passed" : "FAILED"}`,
    `plain averaging, nothing proven and nobody paid: ${plain.seconds.toFixed(0)} s, accuracy ${last(plain.accuracies)}; the market takes ${(market.seconds / plain.seconds).toFixed(1)} times as long`,
    ...flower.map(
      (run) =>
        `Flower ${run.version}, ${run.runtime}: ${run.seconds.toFixed(0)} s (rounds alone ${run.roundSeconds.toFixed(0)} s, of it training ${run.trainingSeconds.toFixed(1)} s), accuracy ${last(run.accuracies)}; the market takes ${run.marketTimesAsLong.toFixed(2)} times as long`,
    ),
    `rule circuit: ${count(ruleCircuit.constraints)} constraints at any number of parameters`,
    `with the updates inside: ${inside.constraintsPerParameter.toFixed(1)} constraints a parameter (compiled at ${inside.compiled.map(({ parameters }) => parameters).join(" and ")}), ${count(inside.constraints)} for this model`,
    "",
  ].join("\n");
}
