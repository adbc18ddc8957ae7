/**
 * What Hugging Face's data sets call the numbers of a column: they write it into the file's notes as JSON.
 *
 * @returns Names by column; none where there are no such notes, or no sensible ones.
 * @example
 * huggingFaceNames([{ key: "huggingface", value: '{"info":{"features":{"label":{"names":["cat","dog"],"_type":"ClassLabel"}}}}' }])
 * // Map { "label" => ["cat", "dog"] }
 */
export function huggingFaceNames(
  notes: readonly { readonly key: string; readonly value?: string }[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const text = notes.find(({ key }) => key === "huggingface")?.value;
  const features = property(property(parsedJson(text ?? ""), "info"), "features");
  if (typeof features !== "object" || features === null) return found;
  for (const [column, about] of Object.entries(features)) {
    const names = property(about, "names");
    if (property(about, "_type") !== "ClassLabel" || !Array.isArray(names)) continue;
    const isList = names.every((name) => typeof name === "string" && name !== "");
    if (isList && new Set(names).size === names.length) found.set(column, names);
  }
  return found;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
