import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { readMnist } from "../services/learning/mnist.ts";
import {
  ATTACK_NAMES,
  type AttackResult,
  measureAttack,
  RULES,
} from "./robustness/measure-attacks.ts";
import {
  type ContributionResult,
  measureContributions,
} from "./robustness/measure-contributions.ts";
import { robustnessPage } from "./robustness/robustness-page.ts";
import { SCENARIOS } from "./robustness/scenarios.ts";

export const title =
  "accuracy and pay under every attack and rule; pay against exact Shapley values";

/** Everything a run measures. */
export interface RobustnessResults {
  readonly seeds: readonly string[];
  readonly attacks: readonly AttackResult[];
  readonly contributions: readonly ContributionResult[];
}

/**
 * `npm run bench -- robustness --json`: every attack against every rule. `--seeds 1,2`, `--scenarios lr`, `--rules trust,FedAvg`
 * and `--attacks sign-flip` narrow it; `--write docs/robustness.md` generates the page.
 */
export async function runBenchmark(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      seeds: { type: "string", default: "1,2,3,4" },
      scenarios: { type: "string", default: "" },
      rules: { type: "string", default: "" },
      attacks: { type: "string", default: "" },
      write: { type: "string" },
    },
  });
  const isWanted = (filter: string, name: string) =>
    filter === "" || filter.split(",").some((part) => name.startsWith(part));
  const scenarios = SCENARIOS.filter(({ name }) => isWanted(values.scenarios, name));
  const rules = Object.keys(RULES).filter((name) => isWanted(values.rules, name));
  const names = ATTACK_NAMES.filter((name) => isWanted(values.attacks, name));
  const seeds = values.seeds.split(",");
  const [training, testing] = await Promise.all([readMnist("train"), readMnist("test")]);
  const attacks: AttackResult[] = [];
  const contributions: ContributionResult[] = [];
  for (const scenario of scenarios) {
    const { mostSeeds } = scenario;
    contributions.push(
      await measureContributions({
        scenario,
        seeds: seeds.slice(0, mostSeeds.contributions),
        training,
      }),
    );
    const compared = rules.filter((rule) => scenario.rules?.includes(rule) ?? true);
    const attackSeeds = seeds.slice(0, mostSeeds.attacks);
    for (const attack of names) {
      for (const rule of compared) {
        const cell = { scenario, attack, rule, seeds: attackSeeds, training, testing };
        attacks.push(await measureAttack(cell));
      }
      process.stderr.write(`${scenario.name}: ${attack}\n`);
    }
  }
  const results: RobustnessResults = { seeds, attacks, contributions };
  if (values.write) await writeFile(values.write, robustnessPage(results));
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else if (!values.write) process.stdout.write(robustnessPage(results));
}
