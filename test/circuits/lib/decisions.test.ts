import { beforeAll, describe, expect, it } from "vitest";
import { packOutcome, packTerms } from "../../../services/protocol/round/public-signals.ts";
import { copiedPart, survivorVerdicts } from "../../../services/protocol/rule/survivors.ts";
import { verdictCode } from "../../../services/protocol/rule/verdicts.ts";
import { weightsFromRaw } from "../../../services/protocol/rule/weights.ts";
import { assign, type Circuit, circuitOf, freeWires, violations } from "../circuit.ts";
import { upperTriangle } from "../rule-vectors.ts";
import { vectorsGram } from "../vectors-gram.ts";

describe("DerivedWeights", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/DerivedWeights.circom", "DerivedWeights(3, 33)");
  });

  it.each([
    [[1n, 1n, 1n]],
    [[0n, 0n, 5n]],
    [[5n, 7n, 7n]],
    [[7n, 5n, 7n]],
    [[1n, (1n << 33n) - 1n, 1n]],
    [[(1n << 33n) - 1n, (1n << 33n) - 1n, (1n << 33n) - 1n]],
    [[2n, 3n, 1024n]],
  ])("gives %s the weights that TypeScript gives", async (raw) => {
    const weights = await circuit.outputs({ raw, isVoid: 0n });

    expect(weights).toEqual(weightsFromRaw(raw).map(BigInt));
    expect(weights.reduce((sum, weight) => sum + weight)).toBe(1024n);
  });

  it("gives nobody a weight in a void round", async () => {
    expect(await circuit.outputs({ raw: [5n, 7n, 7n], isVoid: 1n })).toEqual([0n, 0n, 0n]);
    expect(await circuit.outputs({ raw: [0n, 0n, 0n], isVoid: 1n })).toEqual([0n, 0n, 0n]);
  });

  it("has no witness when nobody has a raw weight and the round is not void", async () => {
    await expect(circuit.outputs({ raw: [0n, 0n, 0n], isVoid: 0n })).rejects.toThrow();
  });

  it("leaves the prover no choice of who gets the missing units, not even in a tie", async () => {
    const witness = await circuit.witness({ raw: [5n, 7n, 7n], isVoid: 0n });
    expect(freeWires(circuit, witness)).toEqual([]);

    // Floors are 269, 377 and 377: one unit is missing. Everything follows the later of the two largest.
    const lie = assign(circuit, witness, {
      "isChosen[1]": 0n,
      "isChosen[2]": 1n,
      "chosenRaw[1]": 0n,
      "chosenRaw[2]": 7n,
      "extra[1]": 0n,
      "extra[2]": 1n,
      "weight[1]": 377n,
      "weight[2]": 378n,
    });
    expect(lie.slice(1, 4)).toEqual([269n, 377n, 378n]);
    expect(violations(circuit.r1cs, lie)).not.toEqual([]);
  });
});

describe("SurvivorFilter", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/SurvivorFilter.circom", "SurvivorFilter(8)");
  });

  const R = [64, 0];
  const rounds = {
    "one of each verdict": {
      slots: [R, null, [1000, 0], [64, 10], [64, 10], [200, 1], [5, 1], [-64, 3]],
    },
    "too large: exactly 8 |r|^2, and one more": {
      slots: [[8, 8, 8], null, null, [32, 16, 16], [32, 16, 16, 1], [9, 0, 0]],
    },
    "too small: exactly |r|^2 / 128, and one less": {
      slots: [[64, 64], null, null, [8, 0], [4, 4], [7, 3], [0, 0], [9, 1]],
    },
    "against the reference: product 1, 0 and -1": {
      slots: [[1, 100], null, null, [1, 0, 20], [0, 0, 20], [-1, 0, 20]],
    },
    "norm bound: exactly, and one more": {
      normBoundSquared: 4096n,
      slots: [R, null, null, [64, 0], [64, 1], [63, 0]],
    },
    "a copy of an inactive slot's zeros is too small, not a duplicate": {
      slots: [R, null, null, null, [0, 0], [64, 1]],
    },
    "stale: the aggregate, its opposite, nothing in common, along a zero aggregate": {
      slots: [R, null, [0, 0], [64, 1], [64, 2], [64, 3], [64, 4], [64, 5]],
    },
    "stale: 1023/1024 exactly and just below": {
      slots: [
        [1000, 300],
        null,
        [1_000_000, 0],
        [1023, 31, 7, 3, 2],
        [1023, 31, 7, 3, 2, 1],
        [1023, 31, 7, 3],
        [-300, 950],
      ],
    },
  };

  const inputOf = (name: keyof typeof rounds) => {
    const { terms, gram } = vectorsGram({ slotCount: 8, ...rounds[name] });
    const isPositive = (value: bigint | undefined) => BigInt((value ?? 0n) > 0n);
    const trainers = [3, 4, 5, 6, 7];
    return {
      terms,
      gram,
      input: {
        gram: upperTriangle(gram),
        isActive: terms.active.map(BigInt),
        normBoundSquared: terms.normBoundSquared,
        isForward: trainers.map((slot) => isPositive(gram[0]?.[slot])),
        isAlongLast: trainers.map((slot) => isPositive(gram[2]?.[slot])),
        hasLast: isPositive(gram[2]?.[2]),
      },
    };
  };

  it.each(Object.keys(rounds) as (keyof typeof rounds)[])("%s", async (name) => {
    const { terms, gram, input } = inputOf(name);

    const outputs = await circuit.outputs(input);

    const verdicts = survivorVerdicts({ terms, gram });
    expect(outputs.slice(0, 5)).toEqual(verdicts.map((verdict) => BigInt(verdictCode(verdict))));
    expect(outputs.slice(5, 10)).toEqual(verdicts.map((verdict) => BigInt(verdict === "accepted")));
    const copied = [3, 4, 5, 6, 7].map((slot) => BigInt(copiedPart({ terms, gram }, slot)));
    expect(outputs.slice(10, 15)).toEqual(copied);
  });

  it("has one witness", async () => {
    const { input } = inputOf("one of each verdict");

    const free = freeWires(circuit, await circuit.witness(input));

    // Free: inverses of zeros; inputs that no test of this round reads, which `CommittedGram` fixes.
    expect(free.filter((name) => !/\.inv$|^main\.gram\[|^main\.isForward/.test(name))).toEqual([]);
  });
});

describe("RoundTerms", () => {
  it.each([8, 16, 32])("unpacks what TypeScript packs, %i slots", async (slotCount) => {
    const circuit = await circuitOf("lib/RoundTerms.circom", `RoundTerms(${slotCount})`);
    const slots = Array.from({ length: slotCount }, (_, slot) => (slot % 5 === 4 ? null : [slot]));
    const baseWeights = Array.from({ length: slotCount - 3 }, (_, t) => 1023 - t);
    const { terms } = vectorsGram({
      slotCount,
      slots,
      baseWeights,
      normBoundSquared: (1n << 54n) - 2n,
      parameterA: 31,
      parameterB: 21,
    });

    const outputs = await circuit.outputs({ terms: packTerms(terms) });

    expect(outputs).toEqual([
      ...terms.active.map(BigInt),
      terms.normBoundSquared,
      31n,
      21n,
      ...terms.baseWeights.map(BigInt),
    ]);
  });
});

describe("OutcomeWords", () => {
  it.each([5, 13, 29])("packs as TypeScript, %i trainers", async (trainers) => {
    const circuit = await circuitOf("lib/OutcomeWords.circom", `OutcomeWords(${trainers})`);
    const range = Array.from({ length: trainers }, (_, t) => t);
    const share = range.map((t) => 65_535 - 3 * t);
    const weight = range.map((t) => 1024 - t);
    const verdict = range.map((t) => t % 9);

    const words = await circuit.outputs({ share, weight, verdict });

    const verdictNames = [
      "inactive",
      "accepted",
      "above-norm-bound",
      "duplicate",
      "too-large",
      "too-small",
      "against-reference",
      "stale-copy",
      "not-selected",
    ] as const;
    const verdicts = verdict.map((code) => verdictNames[code] ?? "inactive");
    expect(words).toEqual(packOutcome({ verdicts, weights: weight, shares: share }));
  });
});
