import { isAddress } from "../../adapters/chain/is-address.ts";
import { countValues } from "../../learning/count-values.ts";
import { NATIVE_COIN, readTokenAmount } from "../../protocol/market/token-amount.ts";
import type { DataSummary } from "./inspect-data.ts";

/** Everything that an owner decides about a project. */
export interface ProjectAnswers {
  readonly title: string;
  readonly description: string;
  readonly model: "logistic" | "mlp" | "cnn";
  /** Trainers that the owner expects in a round. */
  readonly trainers: number;
  /** Fewest trainers that make a round; see `leastTrainers` for what is taken without it. */
  readonly minTrainers?: number | undefined;
  /** Samples that a trainer probably has. */
  readonly samplesEach: number;
  readonly rounds: number;
  readonly budgetWei: bigint;
  readonly stakeWei: bigint;
  readonly rule: "trust" | "multi-krum";
  /** Malicious trainers that multi-Krum withstands. */
  readonly withstand: number;
  readonly pace: "minutes" | "hours" | "days";
  readonly aggregators: readonly string[];
}

/** A question to the owner; `flag` answers it beforehand. */
export interface Question {
  /** Name of the option, as commander has it. */
  readonly flag: string;
  readonly question: string;
  /** What the answer changes. */
  readonly why: string;
  readonly fallback: string;
  readonly choices?: readonly string[];
  /** Why an answer is no answer, or undefined. */
  readonly refuse?: (answer: string) => string | undefined;
}

const wholeFrom = (least: number, most: number) => (answer: string) => {
  const value = Number(answer);
  const isRight = Number.isInteger(value) && value >= least && value <= most;
  return isRight ? undefined : `a whole number from ${least} to ${most}, please`;
};

const amount = (answer: string) => {
  const amountWei = readTokenAmount(answer, NATIVE_COIN);
  if (typeof amountWei === "string") return `"${answer}" ${amountWei}`;
  return amountWei > 0n ? undefined : "an amount above 0 like 0.5, please";
};

const addresses = (answer: string) =>
  answer === "" || answer.split(",").every((each) => isAddress(each.trim()))
    ? undefined
    : "addresses, separated by commas, with the right checksum if in mixed case, please";

/** The questions in order, with answers that suit the data. */
export function projectQuestions(summary: DataSummary, registered: readonly string[]): Question[] {
  const isImage = summary.data.inputShape.length === 3;
  const features = countValues(summary.data.inputShape);
  const classes = summary.classCounts.length;
  // A linear model of few numbers has fewer parameters than a proof needs.
  const isLarge = (summary.samples >= 1000 && features > 4) || (features + 1) * classes < 100;
  return [
    {
      flag: "title",
      question: "Title of the project",
      why: "What trainers see in the list.",
      fallback: `Learn ${summary.data.table?.target ?? "classes"} together`,
    },
    {
      flag: "description",
      question: "Description",
      why: "What kind of samples a trainer needs, and what the model is for.",
      fallback: `${features} numbers a sample, ${summary.classCounts.length} classes.`,
    },
    {
      flag: "model",
      question: "Model",
      why: "logistic: linear, quick to prove; mlp: one hidden layer; cnn: for images.",
      fallback: isImage ? "cnn" : isLarge ? "mlp" : "logistic",
      choices: ["logistic", "mlp", "cnn"],
    },
    {
      flag: "trainers",
      question: "How many trainers do you expect in a round?",
      why: "Decides the size of the circuit: up to 5, 13 or 29.",
      fallback: "5",
      refuse: wholeFrom(3, 29),
    },
    {
      flag: "samplesEach",
      question: "How many samples does a trainer have, about?",
      why: "Decides how many steps a trainer takes in a round.",
      fallback: String(Math.max(50, Math.min(500, summary.samples))),
      refuse: wholeFrom(1, 10_000_000),
    },
    {
      flag: "rounds",
      question: "How many rounds?",
      why: "Each round makes a new model and pays for it.",
      fallback: "10",
      refuse: wholeFrom(1, 10_000),
    },
    {
      flag: "budget",
      question: "Budget of a round, in ETH",
      why: "Rounds times this goes into escrow; what is not earned comes back.",
      fallback: "1",
      refuse: amount,
    },
    {
      flag: "stake",
      question: "Stake of a trainer, in ETH",
      why: "Makes it cost something to come with many names.",
      fallback: "0.1",
      refuse: amount,
    },
    {
      flag: "rule",
      question: "Rule that judges updates",
      why: "trust: by your own samples; multi-krum: by how close they lie together.",
      fallback: "trust",
      choices: ["trust", "multi-krum"],
    },
    {
      flag: "pace",
      question: "Time scale of the phases",
      why: "minutes: everybody is online, to try things out; hours; days.",
      fallback: "minutes",
      choices: ["minutes", "hours", "days"],
    },
    {
      flag: "aggregator",
      question: "Addresses of the aggregators, the first in charge",
      why: "They read the updates and prove the rounds. Empty: say it when you post.",
      fallback: registered.slice(0, 3).join(","),
      refuse: addresses,
    },
  ];
}
