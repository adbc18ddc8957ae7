/** A vector file's text: bigints as decimal strings, one case a line where it is short enough to read. */
export function vectorJson(vectors: unknown): string {
  const text = JSON.stringify(
    vectors,
    (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
    1,
  );
  return `${text}\n`;
}
