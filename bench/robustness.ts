import { readFile, writeFile } from "node:fs/promises";
import { readMnist } from "../services/learning/data/mnist.ts";
import { defineBenchmark } from "./benchmark.ts";
import { choices, counts, file } from "./flags.ts";
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

/**
 * `npm run bench -- robustness --json`: every attack against every rule. `--seeds 1,2`, `--scenarios lr`, `--rules "trust;FedAvg"`
 * and `--attacks "none;sign-flip"` narrow it; `--write docs/robustness.md` generates the page and `--save` keeps its numbers; `--from`
 * makes the page of kept numbers again.
 */
export const benchmark = defineBenchmark({
  title: "accuracy and pay under every attack and rule; pay against exact Shapley values",
  flags: {
    seeds: counts("seeds, of which the mean counts", [1, 2, 3, 4]),
    scenarios: choices(
      "tasks",
      SCENARIOS.map(({ name }) => name),
      ";",
    ),
    rules: choices("rules", Object.keys(RULES), ";"),
    attacks: choices("attacks", ATTACK_NAMES, ";"),
    from: file("makes the page of numbers that --save has kept"),
    save: file("keeps the numbers in a file"),
    write: file("writes the page to a file"),
  },
  async run(values) {
    const results = values.from
      ? (JSON.parse(await readFile(values.from, "utf8")) as RobustnessResults)
      : await measure(values);
    if (values.save) await writeFile(values.save, `${JSON.stringify(results, null, 2)}\n`);
    if (values.write) await writeFile(values.write, robustnessPage(results));
    if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    else if (!values.write) process.stdout.write(robustnessPage(results));
  },
});

async function measure(wanted: {
  readonly seeds: readonly number[];
  readonly scenarios: readonly string[];
  readonly rules: readonly string[];
  readonly attacks: readonly string[];
}): Promise<RobustnessResults> {
  const scenarios = SCENARIOS.filter(({ name }) => wanted.scenarios.includes(name));
  const seeds = wanted.seeds.map(String);
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
    const compared = wanted.rules.filter((rule) => scenario.rules?.includes(rule) ?? true);
    const run = wanted.attacks.filter((name) => scenario.attacks?.includes(name) ?? true);
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
