import { toHex } from "../protocol/hex.ts";

/**
 * One line of JSON. Integers of the chain do not fit JSON's numbers, so a bigint becomes a decimal
 * string; bytes become `0x` and hexadecimal digits.
 *
 * @example toJson({ shareWei: 10n }) // '{"shareWei":"10"}'
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry === "bigint") return entry.toString();
    if (entry instanceof Uint8Array) return toHex(entry);
    return entry;
  });
}
