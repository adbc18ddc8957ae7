import { percentText } from "../../protocol/percent-text.ts";
import type { MeasuredModel } from "./measure-model.ts";

const MOST_SHOWN_CLASSES = 20;

/** A table of truth against prediction, as wide as its names need. */
function confusionTable(confusion: readonly (readonly number[])[], names: readonly string[]) {
  const width = Math.max(
    6,
    ...names.map((name) => name.length),
    ...confusion.flat().map((n) => `${n}`.length),
  );
  const cell = (value: string | number) => String(value).padStart(width);
  return [
    `${"truth \\ said".padEnd(Math.max(12, width))} ${names.map(cell).join(" ")}  recall`,
    ...confusion.map((row, k) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      const recall = total === 0 ? "-" : percentText((row[k] ?? 0) / total);
      return `${String(names[k]).padEnd(Math.max(12, width))} ${row.map(cell).join(" ")}  ${recall}`;
    }),
  ];
}

/** How good a model is, for people. */
export function evaluationText({ published, classes, evaluation }: MeasuredModel): string {
  const { accuracy, loss, samples, confusion } = evaluation;
  const names = classes ?? confusion.map((_, k) => String(k));
  const made =
    published.version === 0 ? "the initial one" : `made by round ${published.roundIndex}`;
  return [
    `model ${published.version}, ${made}, opens its commitment on chain`,
    `samples   ${samples}`,
    `accuracy  ${percentText(accuracy)}`,
    `loss      ${loss.toFixed(4)}`,
    "",
    ...(names.length <= MOST_SHOWN_CLASSES
      ? confusionTable(confusion, names)
      : [`${names.length} classes: take --json for the confusion matrix`]),
  ].join("\n");
}
