/** What a piece of text means; its colour follows from it. */
export type Tone = "plain" | "strong" | "faint" | "good" | "bad" | "busy" | "accent";

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** A line of the screen. Every character is one cell wide: nothing here prints wide ones. */
export type Line = readonly Span[];

/** Makes a piece of a line. */
export const span = (text: string, tone: Tone = "plain"): Span => ({ text, tone });

/** Number of cells. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

/** Text in exactly so many cells; what does not fit ends with an ellipsis. */
export function fitText(text: string, width: number): string {
  if (text.length <= width) return text.padEnd(width);
  return width <= 0 ? "" : `${text.slice(0, width - 1)}…`;
}

/** A line of at most so many cells. */
export function cutLine(line: Line, width: number): Line {
  const cut: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    cut.push({ text: text.length > left ? fitText(text, left) : text, tone });
    left -= text.length;
  }
  return cut;
}

const CODES: Readonly<Record<Tone, string>> = {
  plain: "",
  strong: "1",
  faint: "2",
  good: "32",
  bad: "31",
  busy: "33",
  accent: "36",
};

/** The line as a terminal takes it. */
export function lineText(line: Line, hasColor: boolean): string {
  return line
    .map(({ text, tone }) => {
      const code = CODES[tone];
      return !hasColor || code === "" ? text : `\u001b[${code}m${text}\u001b[0m`;
    })
    .join("");
}
