import { wtns } from "snarkjs";
import { beforeAll, describe, expect, it } from "vitest";
import { readCircuitArtifacts } from "../../services/adapters/artifacts/circuit-artifacts.ts";
import { PUBLIC_SIGNALS } from "../../services/protocol/round/public-signals.ts";
import { type Circuit, circuitOf, freeWires, violations } from "./circuit.ts";
import { ruleInput, ruleSignals, ruleVectors } from "./rule-vectors.ts";

const PUBLIC_INPUTS = ["alpha", "gramHash"];

const SLOTS = process.env.CW_LONG === undefined ? [8] : [8, 16, 32];

describe.each(SLOTS)("TrustRule with %i slots", (slots) => {
  let circuit: Circuit;
  const vectors = ruleVectors(1, slots);

  beforeAll(async () => {
    circuit = await circuitOf("TrustRule.circom", `TrustRule(${slots})`, PUBLIC_INPUTS);
  }, 300_000);

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

describe.each([8, 16])("the kept witness program of %i slots", (slots) => {
  it("decides every shared vector as the rule in TypeScript", async () => {
    const vectors = ruleVectors(1, slots);
    const { wasm } = await readCircuitArtifacts(1, slots);
    expect(vectors.length).toBeGreaterThan(0);
    // snarkjs starts the program anew for every witness, a third of a second each.
    for (const vector of vectors.slice(0, 8)) {
      const file = { type: "mem" as const, data: new Uint8Array() };
      await wtns.calculate({ ...ruleInput(vector) }, wasm, file);
      const words = await wtns.exportJson(file);
      const signals = ruleSignals(vector, vector.outcomeWords);
      expect(words.slice(1, 1 + signals.length), vector.name).toEqual(signals);
    }
  });
});

describe("TrustRule", () => {
  let circuit: Circuit;
  const [first] = ruleVectors(1, 8);
  if (first === undefined) throw new Error("no vectors");

  beforeAll(async () => {
    circuit = await circuitOf("TrustRule.circom", "TrustRule(8)", PUBLIC_INPUTS);
  });

  it("has no witness value that can be changed alone, but the inverse of a zero", async () => {
    const witness = await circuit.witness(ruleInput(first));

    const free = freeWires(circuit, witness);

    // `IsZero` of zero: 0 * inv = 0 whatever inv is, and nothing else reads it.
    expect(free.filter((name) => !name.endsWith(".inv"))).toEqual([]);
    expect(free.length).toBeLessThan(20);
  });

  it.each(["gramHash", "salt"])("has no witness for another %s", async (name) => {
    const input = ruleInput(first);

    await expect(
      circuit.witness({ ...input, [name]: (input[name] as bigint) + 1n }),
    ).rejects.toThrow(/Assert Failed/);
  });

  it("has no witness when one entry of the matrix differs from the committed one", async () => {
    const input = ruleInput(first);
    const gram = input.gram as bigint[];

    for (const index of gram.keys()) {
      const changed = gram.map((entry, at) => (at === index ? entry + 1n : entry));
      await expect(circuit.witness({ ...input, gram: changed }), `entry ${index}`).rejects.toThrow(
        /Assert Failed/,
      );
    }
  });

  it("has no witness for terms with a parameter, an inactive reference or bits outside the fields", async () => {
    const input = ruleInput(first);
    const [word] = input.terms as bigint[];
    if (word === undefined) throw new Error("no terms");

    for (const terms of [
      word | (1n << 86n),
      word | (1n << 91n),
      word & ~1n,
      word | (1n << 8n),
      word | (1n << 146n),
    ]) {
      const changed = ruleInput({ ...first, termsWords: [terms] });
      await expect(circuit.witness(changed)).rejects.toThrow(/Assert Failed/);
    }
  });
});
