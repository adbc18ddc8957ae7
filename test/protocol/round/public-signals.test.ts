import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import {
  outcomeWordCount,
  packOutcome,
  packTerms,
  publicSignals,
  termsWordCount,
  unpackOutcome,
  unpackTerms,
} from "../../../services/protocol/round/public-signals.ts";
import { SLOT_COUNTS, trainerCount } from "../../../services/protocol/rule/round-terms.ts";
import { VERDICTS } from "../../../services/protocol/rule/verdicts.ts";
import { scalarPower, toScalar } from "../../../services/protocol/scalar.ts";
import { expectCode } from "../expect-code.ts";
import { ROUND_INPUTS } from "../rule/round-rule-cases.ts";

const RUNS = { seed: 20_264, numRuns: 200 };
const slotCounts = fc.constantFrom(...SLOT_COUNTS);
const outcomes = slotCounts.chain((slotCount) => {
  const trainers = { minLength: trainerCount(slotCount), maxLength: trainerCount(slotCount) };
  return fc.record({
    slotCount: fc.constant(slotCount),
    verdicts: fc.array(fc.constantFrom(...VERDICTS), trainers),
    weights: fc.array(fc.integer({ min: 0, max: 1024 }), trainers),
    shares: fc.array(fc.integer({ min: 0, max: 65_535 }), trainers),
  });
});

describe("outcome words", () => {
  it("unpack to what was packed and stay below the field's order", () => {
    fc.assert(
      fc.property(outcomes, ({ slotCount, ...outcome }) => {
        const words = packOutcome(outcome);

        expect(words).toHaveLength(outcomeWordCount(slotCount));
        expect(words.every((word) => word < SCALAR_FIELD)).toBe(true);
        expect(unpackOutcome(words, slotCount)).toEqual(outcome);
      }),
      RUNS,
    );
  });

  it("lie where the contract and the circuits look for them", () => {
    const outcome = {
      verdicts: ["accepted", "stale-copy", "inactive", "inactive", "accepted"] as const,
      weights: [1024, 0, 0, 0, 3],
      shares: [65_535, 0, 0, 0, 1],
    };
    const word = 65_535n | (1024n << 16n) | (1n << 27n) | (7n << 58n);

    expect(packOutcome(outcome)).toEqual([word | ((1n | (3n << 16n) | (1n << 27n)) << 124n)]);
  });

  it.each([
    ["too few words", [], 8],
    ["too many words", [0n, 0n], 8],
    ["bits beyond the last trainer", [1n << 155n], 8],
    ["a verdict that no rule gives", [9n << 27n], 8],
    ["a negative word", [-1n], 8],
  ])("are refused with CW1003: %s", (_, words, slotCount) => {
    expectCode(() => unpackOutcome(words, slotCount), "CW1003");
  });
});

describe("terms words", () => {
  it("unpack to what was packed, for every vector", () => {
    for (const { terms } of ROUND_INPUTS) {
      const words = packTerms(terms);

      expect(words).toHaveLength(termsWordCount(terms.slotCount));
      expect(words.every((word) => word < SCALAR_FIELD)).toBe(true);
      expect(unpackTerms(words, terms.slotCount)).toEqual(terms);
    }
  });

  it("are refused with CW1000 when the terms are malformed", () => {
    const { terms } = ROUND_INPUTS[0] as (typeof ROUND_INPUTS)[0];
    expectCode(() => packTerms({ ...terms, normBoundSquared: 1n << 54n }), "CW1000");
  });

  it.each<[string, (word: bigint) => bigint[]]>([
    ["no word", () => []],
    ["a word too many", (word) => [word, 0n]],
    ["an inactive reference", (word) => [word & ~1n]],
    ["bits above the last weight", (word) => [word | (1n << 246n)]],
    ["a flag of a slot that does not exist", (word) => [word | (1n << 8n)]],
    ["a negative word", (word) => [-word]],
  ])("are refused with CW1003 for %s", (_, change) => {
    const { terms } = ROUND_INPUTS[0] as (typeof ROUND_INPUTS)[0];
    const [word] = packTerms(terms) as [bigint];
    expectCode(() => unpackTerms(change(word), terms.slotCount), "CW1003");
  });
});

describe("the public signals", () => {
  it.each(SLOT_COUNTS)(
    "are three, the words and mu in the first of them: %i slots",
    (slotCount) => {
      const alpha = SCALAR_FIELD / 7n;
      const outcomeWords = Array.from(
        { length: outcomeWordCount(slotCount) },
        (_, k) => 11n + BigInt(k),
      );
      const termsWords = Array.from(
        { length: termsWordCount(slotCount) },
        (_, k) => 31n + BigInt(k),
      );
      const mu = SCALAR_FIELD - 3n;

      const signals = publicSignals({ outcomeWords, alpha, mu, gramHash: 4n, termsWords });

      const folded = [...outcomeWords, ...termsWords, mu].reduce(
        (sum, word, k) => sum + word * scalarPower(alpha, BigInt(k)),
        0n,
      );
      expect(signals).toEqual([toScalar(folded), alpha, 4n]);
    },
  );

  it("differ when any word or mu does, for the same alpha", () => {
    const base = { outcomeWords: [5n, 6n], alpha: 99n, mu: 7n, gramHash: 4n, termsWords: [8n] };
    const changes = [
      {},
      { outcomeWords: [6n, 6n] },
      { outcomeWords: [5n, 7n] },
      { outcomeWords: [6n, 5n] },
      { termsWords: [9n] },
      { mu: 8n },
    ];

    const folded = changes.map((change) => publicSignals({ ...base, ...change })[0]);

    expect(new Set(folded).size).toBe(changes.length);
  });

  it("do not bind words that are chosen after alpha: this is why alpha is a hash of them", () => {
    const base = { outcomeWords: [5n, 6n], alpha: 99n, mu: 7n, gramHash: 4n, termsWords: [8n] };

    const fitted = { ...base, outcomeWords: [5n + 99n, 6n - 1n] };

    expect(publicSignals(fitted)).toEqual(publicSignals(base));
  });
});
