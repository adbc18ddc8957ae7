import { percentText } from "../../protocol/percent-text.ts";
import { nameSome } from "../name-some.ts";

/** Below which part of an even share a class counts as rare. */
const RARE_SHARE = 0.25;

/** Places of the classes that have samples, but few beside an even share. */
export function rareClasses(counts: readonly number[]): number[] {
  const rareBelow = (RARE_SHARE * counts.reduce((sum, count) => sum + count, 0)) / counts.length;
  return counts.flatMap((count, k) => (count > 0 && count < rareBelow ? [k] : []));
}

/** What an accuracy hides: a model that never says a rare class is nearly always right. */
export function rareClassWarning(classes: readonly string[], counts: readonly number[]): string[] {
  const rare = rareClasses(counts);
  if (rare.length === 0) return [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const commonest = counts.indexOf(Math.max(...counts));
  const always = percentText((counts[commonest] as number) / total);
  return [
    `Few samples of class ${nameSome(rare.map((k) => `"${classes[k]}"`))}: whoever always says "${classes[commonest]}" is right in ${always}, so an accuracy of that is worth nothing. Bring more of the rare ones if you can, and look at the recall of each class (owner evaluate).`,
  ];
}
