/** What controls a terminal, but for line feeds and tabs, and what turns the direction of writing. */
const CONTROLS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * A text that cannot steer a terminal. Titles, endpoints and refusals come from strangers: with escape sequences in them they could
 * rewrite what was printed before, an amount for instance. JSON stays the same JSON: its strings may hold escapes.
 *
 * @example printableText("a\u001b[2Jb") // "a\\u001b[2Jb"
 */
export function printableText(text: string): string {
  return text.replace(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
