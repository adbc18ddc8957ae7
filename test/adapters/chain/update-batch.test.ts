import { expect, it } from "vitest";
import { cidFromBytes, cidToBytes } from "../../../services/adapters/chain/cid-bytes.ts";
import {
  decodeSubmittedUpdates,
  encodeUpdateBatch,
} from "../../../services/adapters/chain/update-batch.ts";
import { toHex } from "../../../services/protocol/hex.ts";

const cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
const word = (digit: string) => `0x${digit.repeat(64)}`;

it("a batch of signed updates has each one's hash, signature and CID, one after another", () => {
  const bundleCid = cidToBytes(cid);
  const update = (digit: string) => ({
    ...{ commitmentHash: word(digit), r: word("a"), vs: word("b") },
    bundleCid,
  });

  const each = (digit: string) =>
    `${digit.repeat(64)}${"a".repeat(64)}${"b".repeat(64)}24${toHex(bundleCid).slice(2)}`;
  expect(toHex(encodeUpdateBatch([update("1"), update("2")]))).toBe(`0x${each("1")}${each("2")}`);
});

it("submissions are read as the market writes them; what ends within one is refused", () => {
  const bundleCid = cidToBytes(cid);
  const one = Uint8Array.of(...new Uint8Array(20).fill(0x11), ...new Uint8Array(32).fill(0x22));
  const bytes = Uint8Array.of(...one, bundleCid.length, ...bundleCid, ...one, 0);

  const read = decodeSubmittedUpdates(bytes);

  const trainer = `0x${"11".repeat(20)}`;
  expect(read).toEqual([
    { trainer, commitmentHash: word("2"), bundleCid },
    { trainer, commitmentHash: word("2"), bundleCid: new Uint8Array() },
  ]);
  expect(decodeSubmittedUpdates(new Uint8Array())).toEqual([]);
  for (const end of [1, 52, 53, 88, bytes.length - 1]) {
    expect(() => decodeSubmittedUpdates(bytes.subarray(0, end))).toThrow(
      expect.objectContaining({ code: "CW2207" }),
    );
  }
});

it("a CID is on the chain in its binary form, 36 bytes, and comes back as its text", () => {
  const bytes = cidToBytes(cid);

  expect(bytes).toHaveLength(36);
  expect(cidFromBytes(bytes)).toBe(cid);
  expect(cidFromBytes(toHex(bytes))).toBe(cid);
  expect(cidToBytes("")).toHaveLength(0);
  expect(() => cidToBytes("bafy")).toThrow(expect.objectContaining({ code: "CW2404" }));
  for (const strange of ["0x", "0x01", "0x626166", `${toHex(bytes)}00`]) {
    expect(cidFromBytes(strange)).toBe("");
  }
});
