/** What differs between two lines that say the same of two trainers, or of two moments. */
const kindOf = (line: string) =>
  line
    .replace(/^ *\d+ s {2}/, "")
    .replace(/^(trainer)-\d+ +/, "$1 ")
    .replace(/[\d.,]+/g, "#");

/** What a reader wants to know of a round that went like the one before. */
const isResult = (line: string) => /model \d+: accuracy|rejected|killed|is back|ended/.test(line);

/** The round that a line tells of; 0 for none. A model is what came of its round. */
const roundOf = (line: string) => Number(/(?:round|model) (\d+):/.exec(line)?.[1] ?? "0");

/**
 * A transcript short enough to read: the first round whole but for lines that only repeat what another trainer did, of later
 * rounds what came of them. Where lines are left out there is an ellipsis, one for each later round.
 *
 * @param lines As they were printed.
 */
export function shortenTranscript(lines: readonly string[]): string[] {
  const seen = new Set<string>();
  const kept: string[] = [];
  let isSkipping = false;
  let latest = 0;
  for (const line of lines) {
    const kind = kindOf(line);
    const isNew = !seen.has(kind);
    seen.add(kind);
    const round = roundOf(line);
    if (!isNew && !(isResult(line) && (round !== 1 || line.includes("model")))) {
      isSkipping = true;
      continue;
    }
    latest = Math.max(latest, round);
    const isSameRound = latest > 1 && roundOf(kept.at(-1) ?? "") === round;
    if (isSkipping && !isSameRound) kept.push("…");
    isSkipping = false;
    kept.push(line);
  }
  return kept;
}
