import { parseArgs } from "node:util";
import {
  attackersPay,
  type ExperimentOptions,
  payFidelity,
  quorum,
  splitting,
  staleCuts,
  type Table,
} from "./rules/experiments.ts";
import { mnistTask, type Task, tableTask, wordsTask } from "./rules/samples.ts";

export const title =
  "what docs/rules.md rests on: novelty, flat part, stale cut, quorum, other tasks";

const EXPERIMENTS: Record<string, (options: ExperimentOptions) => Table> = {
  fidelity: payFidelity,
  attacks: attackersPay,
  stale: staleCuts,
  quorum,
  splitting,
};
const TASKS: Record<string, () => Task | Promise<Task>> = {
  mnist: mnistTask,
  table: tableTask,
  words: wordsTask,
};

function markdown({ title: heading, columns, rows }: Table): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [`**${heading}**`, "", line(columns), line(rule), ...rows.map(line), ""].join("\n");
}

/**
 * `npm run bench -- rules`: tables in Markdown, or `--json`. `--seeds 1,2`, `--rounds 15`, `--tasks mnist,table,words` and
 * `--experiments fidelity,attacks,stale,quorum,splitting` narrow it; `--rate 0.05` multiplies all learning rates. The same options give the same numbers everywhere.
 */
export async function runBenchmark(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      seeds: { type: "string", default: "1,2,3,4" },
      rounds: { type: "string", default: "15" },
      rate: { type: "string", default: "1" },
      tasks: { type: "string", default: Object.keys(TASKS).join() },
      experiments: { type: "string", default: Object.keys(EXPERIMENTS).join() },
    },
  });
  const tasks: Task[] = [];
  for (const name of values.tasks.split(",")) {
    const make = TASKS[name];
    if (!make) throw new RangeError(`there is no task ${name}`);
    const task = await make();
    tasks.push({ ...task, learningRate: task.learningRate * Number(values.rate) });
  }
  const seeds = values.seeds.split(",").map(Number);
  const options = { tasks, seeds, rounds: Number(values.rounds) };
  const tables: Table[] = [];
  for (const name of values.experiments.split(",")) {
    const experiment = EXPERIMENTS[name];
    if (!experiment) throw new RangeError(`there is no experiment ${name}`);
    const table = experiment(options);
    tables.push(table);
    if (!values.json) process.stdout.write(`${markdown(table)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ seeds, tables }, null, 2)}\n`);
}
