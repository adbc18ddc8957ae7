/**
 * JSON for people and other programs: bigints as decimal strings.
 *
 * @example plainJson({ wei: 5n }) // '{"wei":"5"}'
 */
export const plainJson = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each));
