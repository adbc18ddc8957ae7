/** What ends a line, steers a terminal, or turns the direction of what stands beside it; marks inside of a script that is written from right to left do not. */
const OUT_OF_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Whether a text stays in the line that it is written into. */
export const isOneLine = (text: string): boolean => !OUT_OF_LINE.test(text);

/**
 * A stranger's words as part of a line of ours: without what could begin a line of its own, which people would take for ours.
 *
 * @param longest Characters at most; what is cut off is marked.
 * @example oneLine("unreadable\nCONFIRMED", 80) // "unreadable CONFIRMED"
 */
export function oneLine(text: string, longest: number): string {
  const inLine = text.slice(0, 2 * longest).replace(new RegExp(OUT_OF_LINE, "gu"), " ");
  return text.length > longest ? `${inLine.slice(0, longest - 1)}…` : inLine;
}
