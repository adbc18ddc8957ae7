import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { askErrors, askFor } from "../../command-line/ask.ts";
import type { Invocation, RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { shellWord } from "../../command-line/shell-word.ts";
import { parseCoins } from "../../command-line/token-amount.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { oneLine } from "../../protocol/one-line.ts";
import type { DataSummary } from "../design/inspect-data.ts";
import type { MadeProject } from "../design/make-project.ts";
import type { ProjectAnswers } from "../design/project-questions.ts";
import { ownerErrors } from "../errors.ts";

const listOf = (text: unknown) =>
  String(text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** Aggregators of the network's market, when there is one. */
async function aggregatorsOfMarket(invocation: Invocation): Promise<string[]> {
  const { registeredAggregators } = await import("../posting/registered-aggregators.ts");
  return withChain(invocation, registeredAggregators).catch(() => []);
}

/** @throws CW6502 for a number that no round can have. */
function leastAnswer(
  { options }: Invocation,
  { trainers }: Readonly<Record<string, string>>,
): number | undefined {
  if (options.minTrainers === undefined) return undefined;
  const least = Number(options.minTrainers);
  if (Number.isInteger(least) && least >= 3 && least <= Number(trainers)) return least;
  throw new CommonweightError(
    askErrors.noAnswer,
    `--min-trainers "${options.minTrainers}": a whole number from 3 to the ${trainers} that you expect, please`,
  );
}

async function ask(invocation: Invocation, summary: DataSummary): Promise<ProjectAnswers> {
  const { projectQuestions } = await import("../design/project-questions.ts");
  const answers: Record<string, string> = {};
  for (const question of projectQuestions(summary, await aggregatorsOfMarket(invocation))) {
    answers[question.flag] = await askFor(invocation, question);
  }
  const rule = answers.rule as ProjectAnswers["rule"];
  const withstand =
    rule === "trust"
      ? "0"
      : await askFor(invocation, {
          flag: "withstand",
          question: "How many malicious trainers must it withstand?",
          why: "Multi-Krum withstands f among at least 2f + 3.",
          fallback: "1",
          refuse: (answer) =>
            /^[1-9]\d?$/.test(answer) ? undefined : "a whole number from 1, please",
        });
  return {
    title: answers.title as string,
    description: answers.description as string,
    model: answers.model as ProjectAnswers["model"],
    trainers: Number(answers.trainers),
    minTrainers: leastAnswer(invocation, answers),
    samplesEach: Number(answers.samplesEach),
    rounds: Number(answers.rounds),
    budgetWei: parseCoins(answers.budget as string),
    stakeWei: parseCoins(answers.stake as string),
    rule,
    withstand: Number(withstand),
    pace: answers.pace as ProjectAnswers["pace"],
    aggregators: listOf(answers.aggregator),
  };
}

/** Wide tables would fill the screen, and so would many or long names of classes. */
const MOST_TOLD = 8;
const MOST_CLASSES = 20;
const LONGEST_NAME = 40;

function describeData({
  samples,
  data,
  classCounts,
  dropped,
  told,
  warnings,
}: DataSummary): string {
  const nameOf = (k: number) => oneLine(data.classes?.[k] ?? String(k), LONGEST_NAME);
  const counts = classCounts.slice(0, MOST_CLASSES).map((count, k) => `${nameOf(k)}: ${count}`);
  const more = classCounts.length - counts.length;
  return [
    `${samples} samples of shape [${data.inputShape}]${data.table ? `, class in column "${data.table.target}"` : ""}`,
    `classes  ${counts.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
    ...told.slice(0, MOST_TOLD).map(({ column, what }) => `column "${column}": ${what}`),
    ...(told.length > MOST_TOLD ? [`… and ${told.length - MOST_TOLD} more like these`] : []),
    ...dropped.map(({ column, why }) => `without column "${column}": ${why}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

function describe(
  { folder, choices, samples, terms }: MadeProject,
  shown: string,
  key: string | undefined,
): string {
  const named = [
    "model",
    "slots",
    "minTrainers",
    "training.steps",
    "fixedPoint",
    "budgetPerRoundWei",
    "phases",
  ];
  const hasAggregator = (terms.aggregators as unknown[]).length > 0;
  return [
    `wrote ${folder}: manifest.json, terms.json, project.json, choices.md`,
    `your sets: root ${samples.root}, pay ${samples.pay}, validation ${samples.validation}; ${samples.rest} samples are left over`,
    "",
    ...choices
      .filter(({ setting }) => named.includes(setting))
      .map(({ setting, value }) => `${setting.padEnd(18)} ${value}`),
    "",
    ...(key === undefined ? [] : [`slots: ${key}`, ""]),
    "choices.md says why, setting by setting. Next:",
    `  commonweight owner rehearse ${shown} --attack sign-flip:1`,
    `  commonweight owner post ${shown} --keystore <file>${hasAggregator ? "" : " --aggregator <address>"}`,
    `  commonweight owner reference ${shown} --keystore <file>`,
  ].join("\n");
}

/** Adds `commonweight owner init`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("init")
    .description("look at your data, ask a few questions, and write a project ready to be posted")
    .argument("[folder]", "where to write it", "project")
    .requiredOption(
      "--data <source>",
      "your samples: a .csv, .tsv, .parquet or .npz file, a folder (parquet, idx, npy, images), mnist",
    )
    .option(
      "--target <column>",
      "CSV, Parquet: the column of the class (default: by its name, or the last)",
    )
    .option("--drop <columns>", "tables: columns that the model must not see, by comma")
    .option("--title <text>", "what trainers see in lists")
    .option("--description <text>", "what samples a trainer needs, what the model is for")
    .option("--model <name>", "logistic, mlp or cnn")
    .option("--trainers <number>", "trainers that you expect in a round")
    .option("--min-trainers <number>", "fewest that make a round (default: half of them, from 3)")
    .option("--samples-each <number>", "samples that a trainer has, about")
    .option("--rounds <number>", "rounds of the project")
    .option("--budget <eth>", "budget of a round")
    .option("--stake <eth>", "stake of a trainer")
    .option("--rule <name>", "trust or multi-krum")
    .option("--withstand <number>", "multi-krum: malicious trainers to withstand")
    .option("--pace <name>", "time scale of the phases: minutes, hours or days")
    .option("--aggregator <addresses>", "aggregators by comma, the first in charge")
    .option("--yes", "ask nothing: take the suggested answers")
    .option("--force", "write over a project that is in the folder")
    .addHelpText(
      "after",
      "\nWrites manifest.json, terms.json, choices.md (why each setting is as it is), project.json, and your root, pay and\nvalidation set. Nothing leaves this machine.\n\nExample:\n  commonweight owner init fraud --data transactions.csv --target is_fraud",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, terminal, isJson, signal, progress } = invocation;
        const { inspectData } = await import("../design/inspect-data.ts");
        const { makeProject } = await import("../design/make-project.ts");
        const folder = resolve(String(args[0]));
        if (existsSync(join(folder, "project.json")) && options.force !== true) {
          throw new CommonweightError(ownerErrors.folderTaken, folder);
        }
        progress("looking at your data");
        const source = String(options.data);
        const summary = await inspectData(
          /^mnist(:test)?$/.test(source) ? source : resolve(source),
          {
            target: options.target as string | undefined,
            drop: listOf(options.drop),
          },
        );
        if (!isJson) terminal.writeMessage(describeData(summary));
        const answers = await ask(invocation, summary);
        const made = await makeProject({ folder, answers, summary, signal, onProgress: progress });
        const { keyToMake } = await import("../design/design-project.ts");
        const [key] = keyToMake(answers.rule, Number(made.terms.slots)) ?? [];
        const { classCounts, told, dropped, warnings } = summary;
        return {
          data: {
            ...made,
            data: { samples: summary.samples, classCounts, told, dropped, warnings },
          },
          text: describe(made, shellWord(String(args[0])), key),
        };
      }),
    );
};
