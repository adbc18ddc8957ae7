import { poseidon2 } from "poseidon-lite/poseidon2";
import { poseidon16 } from "poseidon-lite/poseidon16";
import type { GramMatrix } from "./gram-matrix.ts";
import { NARROW_GRAM_BITS, WIDE_GRAM_BITS } from "./gram-matrix.ts";

/** Slot of the last aggregate p, whose inner products are wider than the others. */
const WIDE_SLOT = 2;
const NARROW_PER_WORD = 4;
const WIDE_PER_WORD = 3;
const WORDS_PER_PERMUTATION = 15;

function entry(gram: GramMatrix, i: number, j: number): bigint {
  return gram[i]?.[j] as bigint;
}

/** Stores each value as `value + 2^bits` in `bits + 1` bits, `perWord` of them in a word, first one lowest. */
function pack(values: readonly bigint[], bits: bigint, perWord: number): bigint[] {
  const words: bigint[] = [];
  values.forEach((value, index) => {
    const place = index % perWord;
    if (place === 0) words.push(0n);
    const shifted = (value + (1n << bits)) << (BigInt(place) * (bits + 1n));
    words[words.length - 1] = (words.at(-1) as bigint) + shifted;
  });
  return words;
}

/** Entries of 55 bits: all pairs without the last aggregate. */
export function narrowPairs(slotCount: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < slotCount; i++) {
    for (let j = i; j < slotCount; j++) if (i !== WIDE_SLOT && j !== WIDE_SLOT) pairs.push([i, j]);
  }
  return pairs;
}

/**
 * The words behind `gramHash`: salt, terms, packed Gram entries, dummy row.
 * Twin: `GramHash.circom`.
 */
export function gramWords(input: {
  readonly salt: bigint;
  /** As `packTerms` gives them. */
  readonly terms: readonly bigint[];
  readonly gram: GramMatrix;
  /** e_0 .. e_n, the dummy's inner products modulo the scalar field. */
  readonly dummyRow: readonly bigint[];
}): bigint[] {
  const { salt, terms, gram, dummyRow } = input;
  const slotCount = gram.length;
  const narrow = narrowPairs(slotCount).map(([i, j]) => entry(gram, i, j));
  const wide = gram.map((_, j) => entry(gram, WIDE_SLOT, j));
  return [
    salt,
    ...terms,
    ...pack(narrow, NARROW_GRAM_BITS, NARROW_PER_WORD),
    ...pack(wide, WIDE_GRAM_BITS, WIDE_PER_WORD),
    ...dummyRow,
  ];
}

/**
 * Poseidon chain over the words: `h = Poseidon(numberOfWords, n)`, then `h = Poseidon(h, 15 words)`, zero-padded.
 * Hiding through the salt, which must be fresh and uniform.
 */
export function gramHash(input: Parameters<typeof gramWords>[0]): bigint {
  const words = gramWords(input);
  let state = poseidon2([BigInt(words.length), BigInt(input.gram.length)]);
  for (let from = 0; from < words.length; from += WORDS_PER_PERMUTATION) {
    const chunk = words.slice(from, from + WORDS_PER_PERMUTATION);
    const padding = new Array<bigint>(WORDS_PER_PERMUTATION - chunk.length).fill(0n);
    state = poseidon16([state, ...chunk, ...padding]);
  }
  return state;
}
