import { poseidon2, poseidon16 } from "poseidon-lite";
import { describe, expect, test } from "vitest";
import { SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { gramHash, gramWords, narrowPairs } from "../../../services/protocol/gram/gram-hash.ts";
import { gramMatrix } from "../../../services/protocol/gram/gram-matrix.ts";
import { seededSlots } from "../gram-cases.ts";

function input(slotCount: number, inactive: readonly number[] = []) {
  const gram = gramMatrix(seededSlots(`hash ${slotCount}`, slotCount, 50, inactive));
  const dummyRow = Array.from({ length: slotCount + 1 }, (_, i) => BigInt(i) + 10n ** 70n);
  const terms = slotCount === 32 ? [77n, 78n] : [77n];
  return { salt: 99n, terms, gram, dummyRow };
}

describe.each([8, 16, 32])("the words for %i slots", (slotCount) => {
  test("hold every Gram entry exactly once, and unpack to it", () => {
    const { gram, dummyRow, salt, terms } = input(slotCount, [5]);
    const words = gramWords({ gram, dummyRow, salt, terms });
    const narrow = narrowPairs(slotCount);
    const from = 1 + terms.length;
    const [narrowWords, wideWords] = [Math.ceil(narrow.length / 4), Math.ceil(slotCount / 3)];

    expect(narrow.length + slotCount).toBe((slotCount * (slotCount + 1)) / 2);
    expect(words).toHaveLength(from + narrowWords + wideWords + slotCount + 1);
    expect(words.slice(0, from)).toEqual([salt, ...terms]);
    narrow.forEach(([i, j], k) => {
      const field =
        ((words[from + Math.floor(k / 4)] as bigint) >> BigInt(55 * (k % 4))) & (2n ** 55n - 1n);
      expect(field - 2n ** 54n).toBe(gram[i]?.[j]);
    });
    gram.forEach((_, j) => {
      const word = words[from + narrowWords + Math.floor(j / 3)] as bigint;
      expect(((word >> BigInt(76 * (j % 3))) & (2n ** 76n - 1n)) - 2n ** 75n).toBe(gram[2]?.[j]);
    });
    expect(words.slice(-slotCount - 1)).toEqual(dummyRow);
    for (const word of words) expect(word >= 0n && word < SCALAR_FIELD).toBe(true);
  });

  test("are hashed fifteen at a time after their number and the slots", () => {
    const words = gramWords(input(slotCount));

    let state = poseidon2([BigInt(words.length), BigInt(slotCount)]);
    for (let from = 0; from < words.length; from += 15) {
      const chunk = Array.from({ length: 15 }, (_, k) => words[from + k] ?? 0n);
      state = poseidon16([state, ...chunk]);
    }

    expect(gramHash(input(slotCount))).toBe(state);
  });
});

test("checklist 1: the hash changes with the salt, the terms, any Gram entry and any entry of the dummy row", () => {
  const base = input(8);
  const hashes = [
    gramHash(base),
    gramHash({ ...base, salt: 100n }),
    gramHash({ ...base, terms: [76n] }),
  ];
  for (let i = 0; i < 8; i++) {
    for (let j = i; j < 8; j++) {
      const gram = base.gram.map((row, r) =>
        row.map((entry, c) => ((r === i && c === j) || (r === j && c === i) ? entry + 1n : entry)),
      );
      hashes.push(gramHash({ ...base, gram }));
    }
  }
  base.dummyRow.forEach((entry, i) => {
    hashes.push(gramHash({ ...base, dummyRow: base.dummyRow.with(i, entry + 1n) }));
  });

  expect(new Set(hashes).size).toBe(3 + 36 + 9);
});
