import type { PostingForm } from "../post/posting-form.ts";
import type { FormReading } from "../post/read-posting-form.ts";
import type { AttackRow } from "./attack-mix-input.tsx";
import type { MeasuredNumbers, RehearsalOrder, SampleSource } from "./rehearsal-messages.ts";
import type { PickedTable } from "./sample-input.tsx";

/** What the owner chose for a rehearsal besides the form. */
export interface RehearsalChoices {
  readonly attackMix: readonly AttackRow[];
  readonly rounds: number;
  readonly isUneven: boolean;
  /** Whether to measure the numbers of the proof first. A manifest that was picked keeps its own. */
  readonly isMeasured: boolean;
}

/** The share of classes with an uneven spread: at 0.5 a trainer sees mostly two or three classes. */
const UNEVEN_ALPHA = 0.5;

/** Samples to invent: enough for the owner's sets and for every trainer. */
const madeUpSamples = (trainers: number, samplesEach: number) => 2 * trainers * samplesEach;

/** The rehearsal that a form and choices mean, or undefined while the form does not say what is learned, by whom, or judged how. */
export function orderOfForm(
  form: PostingForm,
  reading: FormReading,
  choices: RehearsalChoices,
  table: PickedTable | undefined,
): RehearsalOrder | undefined {
  const { manifest, typedTerms, problems } = reading;
  const isOpen = problems.trainers ?? problems.samplesEach ?? problems.rule;
  if (manifest === undefined || typedTerms === undefined || isOpen !== undefined) return undefined;
  const trainers = Number(form.trainers);
  const samplesEach = Number(form.samplesEach);
  const { budgetPerRoundWei, flatBps, capBps } = typedTerms;
  const source: SampleSource = table
    ? { kind: "table", file: table.file }
    : { kind: "made-up", samples: madeUpSamples(trainers, samplesEach) };
  const { model } = form;
  return {
    ...{ manifest, source, trainers },
    terms: {
      ...{ ruleId: typedTerms.ruleId, budgetPerRoundWei, flatBps, capBps },
      parameterA: typedTerms.ruleParameterA,
      parameterB: typedTerms.ruleParameterB,
    },
    ...(choices.isMeasured && model !== "file"
      ? { measure: { title: manifest.title, model, trainers, samplesEach } }
      : {}),
    attackMix: choices.attackMix.map(({ attack, trainers: count }) => ({
      attack,
      trainers: count,
    })),
    rounds: choices.rounds,
    partition: choices.isUneven ? { kind: "dirichlet", alpha: UNEVEN_ALPHA } : { kind: "iid" },
    seed: "rehearsal",
  };
}

/** Measured numbers as the form holds them. */
export const fieldsOfMeasured = (numbers: MeasuredNumbers) => ({
  learningRate: String(numbers.learningRate),
  clipNorm: String(numbers.clipNorm),
  fractionBits: String(numbers.fractionBits),
  ditherBits: String(numbers.ditherBits),
});

const rehearsedFields = [
  ...(["model", "manifestText", "dataText", "features", "channels", "height", "width"] as const),
  ...(["classes", "samplesEach", "learningRate", "clipNorm", "fractionBits"] as const),
  ...(["ditherBits", "trainers", "minTrainers", "rule", "withstand"] as const),
  ...(["budget", "flatPercent", "capPercent"] as const),
];

/** Whether two forms would be rehearsed alike. */
export const isSameRehearsal = (one: PostingForm, other: PostingForm) =>
  rehearsedFields.every((field) => one[field] === other[field]);
