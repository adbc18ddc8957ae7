import { describe, expect, it } from "vitest";
import {
  checkDataPage,
  checkDataPageV2,
} from "../../../services/learning/data/formats/parquet/check-page.ts";
import { huggingFaceNames } from "../../../services/learning/data/formats/parquet/hugging-face-names.ts";
import { parquetColumns } from "../../../services/learning/data/formats/parquet/parquet-column.ts";
import { unpackLz4 } from "../../../services/learning/data/formats/parquet/unpack-lz4.ts";
import { unpackPage } from "../../../services/learning/data/formats/parquet/unpack-page.ts";

const [column] = parquetColumns([
  { name: "root", num_children: 1 },
  { name: "a", type: "INT32", repetition_type: "OPTIONAL" },
]);
const leaf = column?.leaf as NonNullable<typeof column>["leaf"] & object;

/** A page of eight values: levels as one run of this length, then places in a dictionary as another. */
function page(levels: number, places: number, width = 1): Uint8Array {
  const runOf = (count: number) => [0x80 | ((count << 1) & 0x7f), (count << 1) >> 7, 1];
  return Uint8Array.of(3, 0, 0, 0, ...runOf(levels), width, ...runOf(places));
}

const header: Parameters<typeof checkDataPage>[1] = {
  ...{ num_values: 8, encoding: "RLE_DICTIONARY" },
  ...{ definition_level_encoding: "RLE", repetition_level_encoding: "RLE" },
};

describe("a page's runs", () => {
  it("are as long as its values are many", () => {
    expect(() => checkDataPage(page(8, 8), header, leaf)).not.toThrow();
    expect(() => checkDataPage(page(7, 8), header, leaf)).toThrow("7 levels for 8 values");
    expect(() => checkDataPage(page(9, 8), header, leaf)).toThrow(/a run of 9 values/);
    expect(() => checkDataPage(page(8, 9), header, leaf)).toThrow(/a run of 9 values where 8/);
    expect(() => checkDataPage(page(8, 8, 33), header, leaf)).toThrow("values of 33 bits");
    const packed = { ...header, definition_level_encoding: "BIT_PACKED" as const };
    expect(() => checkDataPage(page(8, 8), packed, leaf)).toThrow("levels are coded as BIT_PACKED");
  });

  it("end where a page of version 2 says", () => {
    const second: Parameters<typeof checkDataPageV2>[1] = {
      ...{ num_values: 8, num_nulls: 0, num_rows: 8, encoding: "RLE_DICTIONARY" },
      ...{ definition_levels_byte_length: 3, repetition_levels_byte_length: 0 },
    };

    expect(() => checkDataPageV2(page(8, 8).subarray(4), second, leaf)).not.toThrow();
    expect(() => checkDataPageV2(page(9, 8).subarray(4), second, leaf)).toThrow(/a run of 9/);
    const longer = { ...second, definition_levels_byte_length: 99 };
    expect(() => checkDataPageV2(page(8, 8).subarray(4), longer, leaf)).toThrow(/past their page/);
  });

  it("of texts that repeat each other stay within measure", () => {
    // A block of one miniblock: four prefixes, of which each is 2^26 longer than the last.
    const growing = [0x80, 1, 1, 4, 0, 0x80, 0x80, 0x80, 0x40, 0];
    const delta = { ...header, num_values: 4, encoding: "DELTA_BYTE_ARRAY" as const };
    const levels = [2, 0, 0, 0, 8, 1];

    expect(() => checkDataPage(Uint8Array.of(...levels, ...growing), delta, leaf)).toThrow(
      "texts that share too much",
    );
  });
});

describe("a packed page", () => {
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

  it("of LZ4 has bytes as they are, and copies that may overlap themselves", () => {
    const packed = Uint8Array.of(0x23, ...bytes("ab"), 2, 0, 0x10, ...bytes("c"));

    expect(unpackLz4(packed, 10)).toEqual(bytes("ababababac"));
  });

  it.each([
    ["that ends too early", [0x23, 97]],
    ["that copies from before its beginning", [0x15, 97, 2, 0, 0x00]],
    ["that copies nothing", [0x15, 97, 0, 0, 0x00]],
    ["that is longer than it says", [0xb0, ...new Array<number>(11).fill(97)]],
    ["that is shorter than it says", [0x10, 97]],
    ["whose length never ends", [0xf0, 255, 255]],
  ])("of LZ4 %s is refused", (_, packed) => {
    expect(() => unpackLz4(Uint8Array.from(packed), 10)).toThrow(/LZ4 block/);
  });

  it("has the length that it announces, and is packed as we know", () => {
    expect(() => unpackPage("UNCOMPRESSED", bytes("abc"), 4)).toThrow("a page of 3 bytes, not 4");
    expect(() => unpackPage("LZO", bytes("abc"), 4)).toThrow(/packed by LZO; write it with/);
  });
});

describe("what Hugging Face notes of a column", () => {
  const noted = (features: unknown) =>
    huggingFaceNames([{ key: "huggingface", value: JSON.stringify({ info: { features } }) }]);

  it("are the names of its classes", () => {
    const label = { _type: "ClassLabel", names: ["cat", "dog"] };

    expect([...noted({ label, text: { _type: "Value" } })]).toEqual([["label", ["cat", "dog"]]]);
  });

  it.each([
    ["no JSON", () => huggingFaceNames([{ key: "huggingface", value: "{" }])],
    ["nothing", () => huggingFaceNames([])],
    ["other things", () => noted([1])],
    ["names of one spelling", () => noted({ label: { _type: "ClassLabel", names: ["a", "a"] } })],
    ["numbers", () => noted({ label: { _type: "ClassLabel", names: [1, 2] } })],
  ])("is nothing to us where it is %s", (_, names) => {
    expect(names().size).toBe(0);
  });
});

describe("a schema", () => {
  it("that is no tree is refused", () => {
    expect(() => parquetColumns([{ name: "root", num_children: 2 }])).toThrow("no tree");
    const deep = Array.from({ length: 40 }, () => ({ name: "a", num_children: 1 }));
    expect(() => parquetColumns(deep)).toThrow("no tree");
  });
});
