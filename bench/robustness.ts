import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { readMnist } from "../services/learning/data/mnist.ts";
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
import type { RobustnessResults } from "./robustness/robustness-results.ts";
import { COMPARED_ATTACKS, SCENARIOS } from "./robustness/scenarios.ts";

export const title =
  "accuracy and pay under every attack and rule; pay against exact Shapley values";

/**
 * `npm run bench -- robustness --json`: every attack against every rule. `--seeds 1,2`, `--scenarios lr`, `--rules "trust;FedAvg"`
 * and `--attacks "none;sign-flip"` narrow it; `--write docs/robustness.md` generates the page and `--save` keeps its numbers; `--from`
 * makes the page of kept numbers again.
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
      from: { type: "string" },
      save: { type: "string" },
      write: { type: "string" },
    },
  });
  const results = values.from
    ? (JSON.parse(await readFile(values.from, "utf8")) as RobustnessResults)
    : await measure(values);
  if (values.save) await writeFile(values.save, `${JSON.stringify(results, null, 2)}\n`);
  if (values.write) await writeFile(values.write, robustnessPage(results));
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else if (!values.write) process.stdout.write(robustnessPage(results));
}

async function measure(values: {
  readonly seeds: string;
  readonly scenarios: string;
  readonly rules: string;
  readonly attacks: string;
}): Promise<RobustnessResults> {
  const isWanted = (filter: string, name: string) =>
    filter === "" || filter.split(";").some((part) => name.startsWith(part));
  const scenarios = SCENARIOS.filter(({ name }) => isWanted(values.scenarios, name));
  const rules = Object.keys(RULES).filter((name) => isWanted(values.rules, name));
  const names = ATTACK_NAMES.filter((name) => isWanted(values.attacks, name));
  const seeds = values.seeds.split(",");
  const startedAt = Date.now();
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
    const run = names.filter((name) => scenario.attacks?.includes(name) ?? true);
    for (const attack of run) {
      for (const rule of compared) {
        if (rule !== "trust" && !COMPARED_ATTACKS.includes(attack)) continue;
        const own = seeds.slice(0, rule === "trust" ? mostSeeds.trust : mostSeeds.others);
        attacks.push(
          await measureAttack({ scenario, attack, rule, seeds: own, training, testing }),
        );
      }
      process.stderr.write(`${scenario.name}: ${attack}\n`);
    }
  }
  return { seeds, attacks, contributions, minutes: (Date.now() - startedAt) / 60_000 };
}
