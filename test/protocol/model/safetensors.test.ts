import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CommonweightError } from "../../../services/protocol/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Entries,
  int32Entries,
  type SafetensorsFile,
  type Tensor,
  tensorOf,
} from "../../../services/protocol/model/safetensors.ts";
import { expectCode } from "../expect-code.ts";

const FILE: SafetensorsFile = {
  tensors: [
    tensorOf({ name: "weight", shape: [2, 2], entries: Float32Array.from([1, -2, 0.5, 4]) }),
    tensorOf({ name: "integers", shape: [3], entries: Int32Array.from([1, -2, 2 ** 31 - 1]) }),
    tensorOf({ name: "update", shape: [3], entries: Int16Array.from([7, -8, 9]) }),
  ],
  metadata: { fractionBits: "12" },
};

const tensorIn = ({ tensors }: SafetensorsFile, name: string) =>
  tensors.find((each) => each.name === name) as Tensor;

/** A file with a hand-written header. */
function fileWith(header: unknown, dataBytes: number, headerLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const f32 = (begin: number, end: number, shape: unknown = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

describe("a safetensors file", () => {
  it("reads back what was written, in order, with metadata", () => {
    const file = decodeSafetensors(encodeSafetensors(FILE));

    expect(file).toEqual(FILE);
    expect([...float32Entries(tensorIn(file, "weight"))]).toEqual([1, -2, 0.5, 4]);
    expect([...int32Entries(tensorIn(file, "integers"))]).toEqual([1, -2, 2 ** 31 - 1]);
  });

  it("begins its tensors at a multiple of eight bytes, as other readers like it", () => {
    const bytes = encodeSafetensors(FILE);
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
  });

  it("holds names and metadata that are special in JavaScript", () => {
    const names = ["__proto__", "constructor", "0", ""];
    const tensors = names.map((name) =>
      tensorOf({ name, shape: [1], entries: Int16Array.from([1]) }),
    );
    const metadata = Object.fromEntries([["__proto__", "text"]]);

    const file = decodeSafetensors(encodeSafetensors({ tensors, metadata }));

    expect(file.tensors.map(({ name }) => name)).toEqual(names);
    expect(Object.entries(file.metadata)).toEqual([["__proto__", "text"]]);
  });

  it("reads what Python's library writes", () => {
    const header =
      '{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   ';
    const bytes = fileWith(header, 8);
    new DataView(bytes.buffer).setFloat32(bytes.length - 8, 1.5, true);

    const file = decodeSafetensors(bytes);

    expect(file.tensors.map(({ name }) => name)).toEqual(["a", "b"]);
    expect([...float32Entries(tensorIn(file, "a"))]).toEqual([1.5]);
  });

  it.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "CW1150"],
    ["a file of seven bytes", new Uint8Array(7), "CW1150"],
    ["a header longer than the file", fileWith({}, 0, 3n), "CW1150"],
    ["a header bomb of 2^63 bytes", fileWith({}, 0, 1n << 63n), "CW1151"],
    ["a header of just above 4 MiB", fileWith({}, 0, 4n * 1024n * 1024n + 1n), "CW1151"],
    [
      "more than 10,000 tensors",
      fileWith(
        Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`t${i}`, f32(0, 0, [0])])),
        0,
      ),
      "CW1151",
    ],
    ["a header that is not JSON", fileWith("{", 0), "CW1152"],
    ["a header nested a million deep", fileWith("[".repeat(1_000_000), 0), "CW1152"],
    ["a header that is a list", fileWith([], 0), "CW1152"],
    ["a header that is null", fileWith("null", 0), "CW1152"],
    ["a header that is not UTF-8", Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), "CW1152"],
    ["a tensor that is not an object", fileWith({ a: 1 }, 0), "CW1152"],
    ["a number format nobody knows", fileWith({ a: { ...f32(0, 4), dtype: "F31" } }, 4), "CW1152"],
    [
      "a number format from Object's prototype",
      fileWith({ a: { ...f32(0, 4), dtype: "toString" } }, 4),
      "CW1152",
    ],
    ["a tensor without offsets", fileWith({ a: { dtype: "F32", shape: [1] } }, 4), "CW1152"],
    ["metadata that is not text", fileWith({ __metadata__: { a: 1 } }, 0), "CW1152"],
    ["overlapping tensors", fileWith({ a: f32(0, 8), b: f32(4, 12) }, 12), "CW1153"],
    ["two tensors in one place", fileWith({ a: f32(0, 8), b: f32(0, 8) }, 8), "CW1153"],
    ["a gap between tensors", fileWith({ a: f32(0, 4), b: f32(8, 12) }, 12), "CW1153"],
    ["bytes behind the last tensor", fileWith({ a: f32(0, 4) }, 8), "CW1153"],
    ["a shape that does not match", fileWith({ a: f32(0, 4, [2]) }, 4), "CW1153"],
    ["a shape that overflows", fileWith({ a: f32(0, 4, [2 ** 31, 2 ** 31]) }, 4), "CW1153"],
    ["a negative side", fileWith({ a: f32(0, 4, [-1, -1]) }, 4), "CW1153"],
    ["a side that is text", fileWith({ a: f32(0, 4, ["1"]) }, 4), "CW1153"],
    [
      "offsets that are reversed",
      fileWith({ a: { ...f32(0, 4), data_offsets: [4, 0] } }, 4),
      "CW1153",
    ],
    [
      "offsets that are text",
      fileWith({ a: { ...f32(0, 4), data_offsets: ["0", "4"] } }, 4),
      "CW1153",
    ],
    ["a negative offset", fileWith({ a: f32(-4, 0) }, 4), "CW1153"],
    [
      "a tensor of a hundred dimensions",
      fileWith({ a: f32(0, 4, Array(100).fill(1)) }, 4),
      "CW1153",
    ],
    ["tensor bytes cut off", fileWith({ a: f32(0, 8) }, 4), "CW1150"],
  ])("is refused: %s", (_, bytes, code) => {
    expectCode(() => decodeSafetensors(bytes), code);
  });

  it("is refused in every truncation of a good one", () => {
    const bytes = encodeSafetensors(FILE);
    for (let length = 0; length < bytes.length; length++) {
      expectCode(() => decodeSafetensors(bytes.slice(0, length)), "CW1150");
    }
  });

  it("never throws anything but our errors, whatever bytes are flipped", () => {
    const good = encodeSafetensors(FILE);
    const flips = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(flips, (changes) => {
        const bytes = good.slice();
        for (const [index, value] of changes) bytes[index] = value;
        try {
          decodeSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CommonweightError);
        }
      }),
      { seed: 20_270, numRuns: 500 },
    );
  });
});

describe("a tensor", () => {
  it("is refused with CW1156 when an F32 entry is not finite", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const tensor = tensorOf({ name: "a", shape: [2], entries: Float32Array.from([0, value]) });
      expectCode(() => float32Entries(tensor), "CW1156");
    }
  });

  it("is refused with CW1155 in another format", () => {
    expectCode(() => int32Entries(tensorIn(FILE, "weight")), "CW1155");
  });

  it("can't be written with CW1153 when its bytes do not match its shape or its name is taken", () => {
    const tensor = tensorOf({ name: "a", shape: [2], entries: Int16Array.from([1]) });
    expectCode(() => encodeSafetensors({ tensors: [tensor], metadata: {} }), "CW1153");
    const good = { ...tensor, shape: [1] };
    expectCode(() => encodeSafetensors({ tensors: [good, good], metadata: {} }), "CW1153");
    const reserved = { ...good, name: "__metadata__" };
    expectCode(() => encodeSafetensors({ tensors: [reserved], metadata: {} }), "CW1153");
  });

  it("keeps its entries when the caller's array changes afterwards", () => {
    const bytes = encodeSafetensors(FILE);
    const entries = float32Entries(tensorIn(decodeSafetensors(bytes), "weight"));
    bytes.fill(0);
    expect([...entries]).toEqual([1, -2, 0.5, 4]);
  });
});
