import { beforeAll, describe, expect, it } from "vitest";
import { SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { gramHash } from "../../../services/protocol/gram/gram-hash.ts";
import { combinedSquare, slotWeights } from "../../../services/protocol/gram/gram-proof.ts";
import { MAX_KAPPA } from "../../../services/protocol/rule/contribution.ts";
import { type Circuit, circuitOf, freeWires } from "../circuit.ts";
import { upperTriangle } from "../rule-vectors.ts";
import { vectorsGram } from "../vectors-gram.ts";

const { gram } = vectorsGram({
  slotCount: 8,
  slots: [[100, 3], [40, 9], [90_000, 70], [80, 1], [70, -9], [-20, 5], null, [60, 2]],
});
const dummyRow = Array.from({ length: 9 }, (_, i) => BigInt(i + 1) ** 40n % SCALAR_FIELD);

describe("GramRanges", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/GramRanges.circom", "GramRanges(8)");
  });

  const withEntry = (i: number, j: number, value: bigint) =>
    upperTriangle(
      gram.map((row, a) =>
        row.map((entry, b) => ((a === i && b === j) || (a === j && b === i) ? value : entry)),
      ),
    );

  it("tells the signs of the rows of reference and last aggregate", async () => {
    const outputs = await circuit.outputs({ gram: upperTriangle(gram) });

    expect(outputs.slice(0, 5)).toEqual([1n, 1n, 0n, 0n, 1n]);
    expect(outputs.slice(5, 10)).toEqual([1n, 1n, 0n, 0n, 1n]);
    expect(outputs[10]).toBe(1n);
  });

  it.each([
    ["reference and trainer", 0, 4, 54n],
    ["pay gradient and trainer", 1, 7, 54n],
    ["a trainer's norm", 5, 5, 54n],
    ["two trainers", 3, 4, 54n],
    ["last aggregate and trainer", 2, 4, 75n],
    ["the last aggregate's norm", 2, 2, 75n],
    ["reference and last aggregate", 0, 2, 75n],
  ])("holds %s to its width, both ends", async (_, i, j, bits) => {
    for (const value of [(1n << bits) - 1n, -(1n << bits)]) {
      await expect(circuit.outputs({ gram: withEntry(i, j, value) })).resolves.toBeDefined();
    }
    for (const value of [1n << bits, -(1n << bits) - 1n, SCALAR_FIELD / 2n]) {
      await expect(circuit.outputs({ gram: withEntry(i, j, value) })).rejects.toThrow(/Assert/);
    }
  });

  it("has one witness", async () => {
    const free = freeWires(circuit, await circuit.witness({ gram: upperTriangle(gram) }));

    expect(free.filter((name) => !name.endsWith(".inv"))).toEqual([]);
  });
});

describe("GramHash and GramEquation", () => {
  it.each([8, 16])("are those of TypeScript, %i slots", async (slots) => {
    const round = vectorsGram({
      slotCount: slots,
      slots: Array.from({ length: slots }, (_, slot) => [slot * 7 - 20, slot * slot, 5 - slot]),
    });
    const row = Array.from({ length: slots + 1 }, (_, i) => BigInt(i + 2) ** 60n % SCALAR_FIELD);
    const salt = SCALAR_FIELD - 5n;
    const terms = [SCALAR_FIELD - 7n];
    const alpha = SCALAR_FIELD / 3n;
    const triangle = upperTriangle(round.gram);

    const hash = await circuitOf("lib/GramHash.circom", `GramHash(${slots})`);
    const equation = await circuitOf("lib/GramEquation.circom", `GramEquation(${slots})`);

    expect(await hash.outputs({ salt, terms, gram: triangle, dummyRow: row })).toEqual([
      gramHash({ salt, terms, gram: round.gram, dummyRow: row }),
    ]);
    expect(await equation.outputs({ alpha, gram: triangle, dummyRow: row })).toEqual([
      combinedSquare(round.gram, row, slotWeights(alpha, slots + 1)),
    ]);
  });

  it("bind the dummy's row, the salt and the terms", async () => {
    const hash = await circuitOf("lib/GramHash.circom", "GramHash(8)");
    const input = { salt: 1n, terms: [3n], gram: upperTriangle(gram), dummyRow };

    const changed = dummyRow.map((value, at) => (at === 8 ? value + 1n : value));

    const [original] = await hash.outputs(input);
    expect(await hash.outputs({ ...input, dummyRow: changed })).not.toEqual([original]);
    expect(await hash.outputs({ ...input, salt: 2n })).not.toEqual([original]);
    expect(await hash.outputs({ ...input, terms: [4n] })).not.toEqual([original]);
  });
});

describe("Kappa", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/Kappa.circom", "Kappa()");
  });

  it.each([
    ["three quarters", 4096n, 1024n, 3n],
    ["just below a whole", 5461n, 1024n, 3n],
    ["zero for a bulk of zero", 0n, 1024n, 0n],
    ["one below the cap", 4n * 1024n * 65_536n - 4n, 3n * 1024n, MAX_KAPPA - 1n],
    ["the cap exactly", 4n * 1024n * 65_536n, 3n * 1024n, MAX_KAPPA],
    ["the cap from far above", (1n << 74n) - 1n, 1024n, MAX_KAPPA],
    ["the largest progress", (1n << 74n) - 1n, (1n << 64n) - 1n, 768n],
  ])("is %s", async (_, bulk, progress, kappa) => {
    expect(await circuit.outputs({ isUsed: 1n, bulk, progress })).toEqual([kappa]);
  });

  it("is zero when it is not used, whatever the rest", async () => {
    expect(await circuit.outputs({ isUsed: 0n, bulk: 77n, progress: 0n })).toEqual([0n]);
  });

  it("has no witness for a negative bulk", async () => {
    const input = { isUsed: 1n, bulk: SCALAR_FIELD - 1n, progress: 1024n };

    await expect(circuit.outputs(input)).rejects.toThrow(/Assert/);
  });
});

describe("TrustWeight", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/TrustWeight.circom", "TrustWeight()");
  });
  const weightOf = (baseWeight: bigint, forward: bigint, norm: bigint, referenceNorm: bigint) =>
    circuit.outputs({ isSurvivor: 1n, baseWeight, forward, norm, referenceNorm });

  it("divides by eight norms, or by the reference's norm when that is larger", async () => {
    expect(await weightOf(100n, 50n, 100n, 799n)).toEqual([(5000n << 23n) / 800n]);
    expect(await weightOf(100n, 50n, 100n, 800n)).toEqual([(5000n << 23n) / 800n]);
    expect(await weightOf(100n, 50n, 100n, 801n)).toEqual([(5000n << 23n) / 801n]);
  });

  it("has room for the heaviest trainer: sqrt(8) shorter than the reference, and along it", async () => {
    const norm = 1n << 48n;
    const forward = (1n << 50n) - (1n << 48n) - 190_000_000_000_000n;

    const [weight] = await weightOf(1023n, forward, norm, 8n * norm);

    expect(weight).toBe((1023n * forward * (1n << 23n)) / (8n * norm));
    expect((weight as bigint) >> 31n).toBeGreaterThan(0n);
  });

  it("is zero for whoever is not accepted, even with norms of zero", async () => {
    const input = { isSurvivor: 0n, baseWeight: 0n, forward: 0n, norm: 0n, referenceNorm: 0n };

    expect(await circuit.outputs(input)).toEqual([0n]);
  });

  it("has no witness for more than vectors allow", async () => {
    await expect(weightOf(1023n, 1n << 53n, 1n, 1n)).rejects.toThrow(/Assert/);
  });
});
