import { percentText } from "../../protocol/percent-text.ts";
import type { SamplePredictions } from "./predict-samples.ts";
import type { PulledModel } from "./pull-model.ts";

const MOST_SHOWN = 20;

/** What was predicted, for people. */
export function predictionText(
  { version, roundIndex }: PulledModel["published"],
  { samples, classes, meanConfidence }: Omit<SamplePredictions, "csv">,
  path: string,
): string {
  const made =
    version === 0 ? "the initial one, which has learned nothing" : `made by round ${roundIndex}`;
  const width = Math.max(8, ...classes.map(({ name }) => name.length));
  const shown = [...classes].sort((a, b) => b.samples - a.samples).slice(0, MOST_SHOWN);
  const left = classes.length - shown.length;
  return [
    `model ${version}, ${made}, opens its commitment on chain`,
    `${"samples".padEnd(width)}  ${samples}`,
    `${"sure".padEnd(width)}  ${percentText(meanConfidence)} on average`,
    "",
    ...shown.map(
      (each) =>
        `${each.name.padEnd(width)}  ${each.samples} (${percentText(each.samples / samples)})`,
    ),
    ...(left > 0 ? [`… and ${left} classes more, with fewer`] : []),
    "",
    `file  ${path}`,
  ].join("\n");
}
