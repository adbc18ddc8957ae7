/**
 * JSON that keeps integers of any size: a bigint is written as `{"$int": "123"}`, which no other value of ours
 * looks like. For files and databases of our own; what people and other programs read has decimal strings.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === "bigint" ? { $int: each.toString() } : each,
  );
}

/** The inverse of `toJson`. @throws SyntaxError for text that is not JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, each) => {
    if (typeof each === "object" && each !== null && typeof each.$int === "string") {
      return BigInt(each.$int);
    }
    return each;
  });
}
