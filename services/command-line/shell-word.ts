/**
 * A text as one word of a shell's command, so that a command we print can be copied.
 *
 * @example shellWord("my project") // "'my project'"
 */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
