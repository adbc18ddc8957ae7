import type { G1Point } from "../../protocol/curve.ts";

/** A struct as the chain's library decodes it: values by name, not yet of our types. */
export type Raw = Record<string, never>;

/** What stands in an address field that nobody has filled. */
export const ZERO_ADDRESS = "0x0000000000000000000000000000000000000000";

/** A point without what else the library puts into a decoded struct. */
export const toPoint = (raw: { x: bigint; y: bigint }): G1Point => ({ x: raw.x, y: raw.y });

/** The name of an enum's value, by names in the order of the contract; `unknown-7` for one that a later contract may have. */
export function enumName<T extends readonly string[]>(names: T, value: unknown): T[number] {
  return names[Number(value)] ?? `unknown-${value}`;
}
