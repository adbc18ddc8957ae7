import fc from "fast-check";

/** One damage done to a valid input. Places are fractions of its length, so that one list fits every input. */
type Mutation =
  | { readonly kind: "flip-bit"; readonly at: number; readonly bit: number }
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "remove"; readonly at: number; readonly length: number }
  | {
      readonly kind: "repeat";
      readonly at: number;
      readonly length: number;
      readonly times: number;
    }
  | { readonly kind: "truncate"; readonly at: number };

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const length = fc.integer({ min: 1, max: 64 });

/** Mostly one; now and then so many that a reader whose time grows with the square of a part's length is felt. */
const copies = fc.oneof(
  { weight: 30, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 2000 }) },
);

const integers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** Numbers at which lengths and offsets overflow, in both byte orders and three widths. */
const boundaryBytes = fc
  .record({
    value: fc.constantFrom(...integers),
    width: fc.constantFrom(2, 4, 8),
    isLittleEndian: fc.boolean(),
  })
  .map(({ value, width, isLittleEndian }) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), isLittleEndian);
    return isLittleEndian ? bytes.slice(0, width) : bytes.slice(8 - width);
  });
/** Text at which readers of JSON, CSV and headers stumble. */
const awkwardText = fc
  .constantFrom(
    ..."0 -1 1e999 NaN null true [] {} \" \\ , \n \r\n \0 \ufeff '' \ud83d\ude00".split(" "),
    ...['"__proto__":', '{"', "[[[[[[[[", "99999999999999999999", "-0.0", "9".repeat(400)],
  )
  .map((text) => new TextEncoder().encode(text));
const someBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 32 }),
  boundaryBytes,
  awkwardText,
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("flip-bit" as const), at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("write" as const), at: place, bytes: someBytes }),
  fc.record({ kind: fc.constant("insert" as const), at: place, bytes: someBytes }),
  fc.record({ kind: fc.constant("remove" as const), at: place, length }),
  fc.record({ kind: fc.constant("repeat" as const), at: place, length, times: copies }),
  fc.record({ kind: fc.constant("truncate" as const), at: place }),
);

function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function manyOf(part: Uint8Array, times: number): Uint8Array {
  return concatenated(...Array.from({ length: times }, () => part));
}

function applied(input: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.at * input.length);
  const [before, after] = [input.subarray(0, at), input.subarray(at)];
  switch (change.kind) {
    case "flip-bit":
      return input.map((byte, index) => (index === at ? byte ^ (1 << change.bit) : byte));
    case "write":
      return concatenated(before, change.bytes, after.subarray(change.bytes.length));
    case "insert":
      return concatenated(before, change.bytes, after);
    case "remove":
      return concatenated(before, after.subarray(change.length));
    case "repeat":
      return concatenated(before, manyOf(after.subarray(0, change.length), change.times), after);
    case "truncate":
      return before.slice();
  }
}

/** Valid inputs damaged in one to six places, now and then bytes from nowhere, and sometimes the valid input itself. */
export function damaged(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const fromSeed = fc
    .tuple(fc.constantFrom(...seeds), fc.array(mutation, { maxLength: 6 }))
    .map(([seed, changes]) => changes.reduce(applied, seed));
  return fc.oneof(
    { weight: 15, arbitrary: fromSeed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 256 }) },
  );
}
