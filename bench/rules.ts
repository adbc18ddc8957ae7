import { defineBenchmark } from "./benchmark.ts";
import { choices, count, counts, factor } from "./flags.ts";
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

type Experiment = (options: ExperimentOptions) => Table;

const EXPERIMENTS: Record<string, Experiment> = {
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
export const benchmark = defineBenchmark({
  title: "what docs/rules.md rests on: novelty, flat part, stale cut, quorum, other tasks",
  flags: {
    seeds: counts("seeds, of which the mean counts", [1, 2, 3, 4]),
    rounds: count("rounds of each run", 15),
    rate: factor("multiplies all learning rates", 1),
    tasks: choices("what is learnt", Object.keys(TASKS)),
    experiments: choices("tables", Object.keys(EXPERIMENTS)),
  },
  async run(values) {
    const tasks: Task[] = [];
    for (const name of values.tasks) {
      const task = await (TASKS[name] as () => Task | Promise<Task>)();
      tasks.push({ ...task, learningRate: task.learningRate * values.rate });
    }
    const { seeds, rounds } = values;
    const options = { tasks, seeds, rounds };
    const tables: Table[] = [];
    for (const name of values.experiments) {
      const table = (EXPERIMENTS[name] as Experiment)(options);
      tables.push(table);
      if (!values.json) process.stdout.write(`${markdown(table)}\n`);
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ seeds, tables }, null, 2)}\n`);
  },
});
