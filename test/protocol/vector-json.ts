/** A vector file's text: bigints as decimal strings, lists of plain values on one line. */
export function vectorJson(vectors: unknown): string {
  const text = JSON.stringify(
    vectors,
    (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
    1,
  );
  const compact = text.replaceAll(/\[[^[\]{}]*\]/g, (list) => list.replaceAll(/\n\s*/g, ""));
  return `${compact}\n`;
}
