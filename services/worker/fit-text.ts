import type { FitReport } from "../learning/data/fit-report.ts";
import { LEAST_PRACTICE_SAMPLES, type PracticeRound } from "../learning/training/practice-round.ts";
import type { StartModel } from "./read-fit-subject.ts";

/** A report on samples, and what a practice round with them came to. */
export interface FitWords {
  readonly report: FitReport;
  /** Names of the classes, when the project names them. */
  readonly classes?: readonly string[] | undefined;
  readonly practice: PracticeRound | null;
  /** Why there was no practice round; null when there was. */
  readonly noPractice: string | null;
  /** Null without a practice round. */
  readonly modelFrom: StartModel["modelFrom"] | null;
}

const digits = (value: number) => Number(value.toPrecision(3));
const percent = (part: number) => `${digits(100 * part)} %`;

/** Why these samples cannot be practised with; undefined when they can. */
export function practiceObstacle(report: FitReport, modelKind: string): string | undefined {
  if (!report.isFit) return "the data do not fit";
  if (modelKind !== "layers") return "the project's model needs a trainer of your own";
  if (report.samples < LEAST_PRACTICE_SAMPLES) {
    return `it takes ${LEAST_PRACTICE_SAMPLES} samples`;
  }
  return undefined;
}

/** The report of samples that training broke down on: no update comes of them. */
export function diverged(report: FitReport): Pick<FitWords, "report" | "noPractice"> {
  const message =
    "Training on them diverges: look for a value far out of range, as a typing error makes.";
  const findings = [...report.findings, { severity: "blocking", message } as const];
  return { report: { ...report, isFit: false, findings }, noPractice: "training diverged" };
}

function practiceLines({ report, practice, noPractice, modelFrom }: FitWords): string[] {
  if (practice === null) return [`practice       none: ${noPractice}`];
  const { score, verdict, alignment, relativeLength, loss, accuracy } = practice;
  const start = modelFrom === "newest" ? "the newest model" : "the manifest's start values";
  return [
    `practice       score ${score} of 100, ${verdict}: one round from ${start} on ${practice.trainedSamples} samples, judged by ${practice.heldBackSamples} held back`,
    `  direction    cosine ${digits(alignment)} with the reference (above 0 is needed), length ${digits(relativeLength)} of it (0.089 to 2.83)`,
    `  held back    loss ${digits(loss.before)} to ${digits(loss.after)}, accuracy ${percent(accuracy.before)} to ${percent(accuracy.after)}`,
    ...(practice.saturatedShare > 0
      ? [
          `  warning      ${percent(practice.saturatedShare)} of the update did not fit into 16 bits`,
        ]
      : []),
    "  The owner's secret samples decide in the market; yours stood in for them here.",
    ...(report.classCounts.includes(0)
      ? ["  They have every class and yours have not: the score says little."]
      : []),
  ];
}

/** The report for people. */
export function fitText(words: FitWords): string {
  const { report, classes } = words;
  const counts = report.classCounts.map((count, k) =>
    classes?.[k] === undefined ? count : `${classes[k]}: ${count}`,
  );
  const { range } = report;
  return [
    report.isFit ? "the data fit the project" : "the data do not fit the project",
    ...report.findings.map(({ severity, message }) => `  ${severity}: ${message}`),
    `samples        ${report.samples}, of shape [${report.inputShape}]`,
    `classes        ${counts.join(", ")}`,
    `values         ${range.min.toPrecision(3)} to ${range.max.toPrecision(3)}, mean ${range.mean.toPrecision(3)}`,
    ...practiceLines(words),
  ].join("\n");
}
