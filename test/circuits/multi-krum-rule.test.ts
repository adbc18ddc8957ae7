import { beforeAll, describe, expect, it } from "vitest";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";
import {
  PUBLIC_SIGNALS,
  packOutcome,
  packTerms,
} from "../../services/protocol/round/public-signals.ts";
import { multiKrumRule } from "../../services/protocol/rule/multi-krum-rule.ts";
import type { RoundTerms } from "../../services/protocol/rule/round-terms.ts";
import { type Circuit, circuitOf, freeWires, violations } from "./circuit.ts";
import { ruleInput, ruleSignals, ruleVectors } from "./rule-vectors.ts";
import { vectorsGram } from "./vectors-gram.ts";

const PUBLIC_INPUTS = ["alpha", "gramHash"];
const SLOTS = process.env.CW_LONG === undefined ? [8] : [8, 16];

describe.each(SLOTS)("MultiKrumRule with %i slots", (slots) => {
  let circuit: Circuit;
  const vectors = ruleVectors(2, slots);

  beforeAll(async () => {
    circuit = await circuitOf("MultiKrumRule.circom", `MultiKrumRule(${slots})`, PUBLIC_INPUTS);
  });

  it("decides every shared vector as the rule in TypeScript", async () => {
    expect(vectors.length).toBeGreaterThan(0);
    for (const vector of vectors) {
      const witness = await circuit.witness(ruleInput(vector));
      expect(violations(circuit.r1cs, witness), vector.name).toEqual([]);
      const signals = ruleSignals(vector, vector.outcomeWords);
      expect(witness.slice(1, 1 + signals.length), vector.name).toEqual(signals);
    }
  });

  it("has the public signals that TypeScript packs, in that order", () => {
    expect(circuit.publicNames).toEqual(PUBLIC_SIGNALS);
  });
});

describe("MultiKrumRule", () => {
  let circuit: Circuit;

  beforeAll(async () => {
    circuit = await circuitOf("MultiKrumRule.circom", "MultiKrumRule(8)", PUBLIC_INPUTS);
  });

  /** Five trainers around the reference, one of them far off; f and m as given. */
  function round(faults: number, selected: number, trainers = DIFFERENT) {
    const { terms, gram } = vectorsGram({
      slotCount: 8,
      slots: [[100, 0, 0], [50, 10, 5], null, ...trainers],
      parameterA: faults,
      parameterB: selected,
    });
    return { terms, gram };
  }
  const DIFFERENT = [
    [90, 10, 0],
    [95, -5, 3],
    [100, 4, -8],
    [85, 0, 9],
    [60, 120, 70],
  ];

  it.each([
    ["selects three of five", 1, 3],
    ["selects all when m is the number of survivors", 1, 5],
    ["selects all when m is above it", 1, 31],
    ["selects one", 1, 1],
    ["is void with m = 0", 1, 0],
    ["is void with fewer than 2f + 3 survivors", 2, 3],
    ["is void with the largest f", 31, 3],
    ["needs only three survivors with f = 0", 0, 2],
  ])("%s, as in TypeScript", async (_, faults, selected) => {
    const { terms, gram } = round(faults, selected);

    const { ofCircuit, expected } = await bothSignals(terms, gram);

    expect(ofCircuit).toEqual(expected);
  });

  it("breaks ties of distance and score as in TypeScript: the lower slot", async () => {
    const mirrored = [
      [90, 10, 0],
      [90, -10, 0],
      [90, 0, 10],
      [90, 0, -10],
      [90, 10, 10],
    ];
    const { terms, gram } = round(1, 3, mirrored);

    const { ofCircuit, expected } = await bothSignals(terms, gram);

    expect(ofCircuit).toEqual(expected);
  });

  /** The signals that the circuit puts out, and those that stand for what TypeScript decides. */
  async function bothSignals(terms: RoundTerms, gram: readonly (readonly bigint[])[]) {
    const decided = { gram, termsWords: packTerms(terms) };
    const outcome = packOutcome(multiKrumRule.evaluate({ terms, gram }));
    const expected = ruleSignals(decided, outcome);
    const witness = await circuit.witness(ruleInput(decided));
    return { ofCircuit: witness.slice(1, 1 + expected.length), expected };
  }

  it("has no witness value that can be changed alone, but inverses of zeros and thresholds in a gap", async () => {
    const { terms, gram } = round(1, 3);
    const witness = await circuit.witness(ruleInput({ gram, termsWords: packTerms(terms) }));

    const free = freeWires(circuit, witness);

    // A threshold is any number between two groups of distances or keys: what it separates is the same.
    const isExplained = (name: string) => /\.inv$|\.threshold(\[\d+\])?$/.test(name);
    expect(free.filter((name) => !isExplained(name))).toEqual([]);
  });

  it("has no witness for a forged product of two trainers that makes their distance negative", async () => {
    const { terms, gram } = round(1, 3);
    const forged = gram.map((row) => [...row]);
    const entry = (forged[3]?.[3] as bigint) + (forged[7]?.[7] as bigint);
    (forged[3] as bigint[])[7] = entry;
    (forged[7] as bigint[])[3] = entry;

    const input = ruleInput({ gram: forged, termsWords: packTerms(terms) });

    await expect(circuit.witness(input)).rejects.toThrow(/Assert Failed/);
    expect(entry < SCALAR_FIELD).toBe(true);
  });
});
