import { getAddress } from "ethers";

/** A value that is not what it was in one place. */
export interface Altered {
  /** Where, with `[]` for any place of a list: `terms.rounds`, `[].reliability`, `updates.hash`. */
  readonly path: string;
  readonly value: unknown;
}

const flipLast = (digits: string) =>
  `${digits.slice(0, -1)}${(Number.parseInt(digits.slice(-1), 16) ^ 1).toString(16)}`;
const flipAt = (bytes: string, byte: number) => {
  const end = 2 + 2 * (byte + 1);
  return `${flipLast(bytes.slice(0, end))}${bytes.slice(end)}`;
};

/** Parts of one submission in the data of `UpdatesSubmitted`: see `decodeSubmittedUpdates`. */
const SUBMISSION = { trainer: 19, hash: 51, length: 52, bundleCid: 88 };

/**
 * A decoded ABI value with each of its parts altered, one at a time, as little as possible: the last bit of a number, an address or bytes.
 * Of a list the first and the last element are.
 *
 * @param name What the value is called.
 */
export function* alteredValues(value: unknown, name: string): Generator<Altered> {
  if (typeof value === "bigint") return yield { path: name, value: value ^ 1n };
  if (typeof value === "boolean") return yield { path: name, value: !value };
  if (Array.isArray(value)) return yield* alteredParts(value, name);
  if (typeof value !== "string") throw new RangeError(`${name}: ${typeof value}`);
  if (!value.startsWith("0x")) return yield { path: name, value: `${value}!` };
  if (name.endsWith(".updates")) {
    for (const [part, byte] of Object.entries(SUBMISSION)) {
      yield { path: `${name}.${part}`, value: flipAt(value, byte) };
    }
    return;
  }
  if (value === "0x") return yield { path: name, value: "0x01" };
  const isAddress = value.length === 42;
  const flipped = flipLast(value);
  yield { path: name, value: isAddress ? getAddress(flipped.toLowerCase()) : flipped };
}

/** Lists of values that have names, and lists of values that are alike. */
function* alteredParts(
  value: readonly unknown[] & { toObject?: () => Record<string, unknown> },
  name: string,
): Generator<Altered> {
  const names = namesOf(value);
  const places = names === undefined ? [0, value.length - 1] : value.map((_, place) => place);
  for (const place of new Set(places)) {
    if (place < 0 || place >= value.length) continue;
    for (const altered of alteredValues(value[place], `${name}.${names?.[place] ?? "[]"}`)) {
      yield {
        ...altered,
        value: value.map((each, index) => (index === place ? altered.value : each)),
      };
    }
  }
  if (names === undefined && value.length > 0) {
    yield { path: `${name} one less`, value: value.slice(1) };
    yield { path: `${name} one more`, value: [...value, value[0]] };
  }
}

/** The names of a struct's values; undefined for a list, whose values have none. */
function namesOf(value: { toObject?: () => Record<string, unknown> }): string[] | undefined {
  try {
    const named = Object.keys(value.toObject?.() ?? {});
    return named.length === 0 || named.some((each) => each.startsWith("_")) ? undefined : named;
  } catch {
    return undefined;
  }
}
