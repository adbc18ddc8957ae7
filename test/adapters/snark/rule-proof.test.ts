import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CircuitArtifacts,
  readCircuitArtifacts,
  readVerifyingKey,
} from "../../../services/adapters/artifacts/circuit-artifacts.ts";
import { type CircuitProof, proveCircuit } from "../../../services/adapters/snark/prove-rule.ts";
import { closeSnarkThreads } from "../../../services/adapters/snark/snark-threads.ts";
import {
  openRuleVerifier,
  type VerifyingKeyJson,
  type VerifyRule,
} from "../../../services/adapters/snark/verify-rule.ts";
import { BASE_FIELD, SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { ruleInput, ruleSignals, ruleVectors } from "../../circuits/rule-vectors.ts";

/** On y^2 = x^3 + 3 / (9 + i) at x = 1, found with @noble/curves, which says that it is not torsion-free. */
const OUTSIDE_THE_GROUP = [
  0n,
  1n,
  15975588672102553735566230729081043132501226101599136527557730645158523614371n,
  3610091866386166428467545612961983990332663701371483510632385378352395651980n,
];

describe("proof of a rule", () => {
  const [vector] = ruleVectors(1, 8);
  if (vector === undefined) throw new Error("no vectors");
  let files: CircuitArtifacts;
  let proof: CircuitProof;
  let verifyingKey: VerifyingKeyJson;
  let verify: VerifyRule;

  beforeAll(async () => {
    files = await readCircuitArtifacts(1, 8);
    verifyingKey = (await readVerifyingKey(1, 8)) as VerifyingKeyJson;
    verify = await openRuleVerifier();
    proof = await proveCircuit(files, ruleInput(vector));
  });
  afterAll(closeSnarkThreads);

  const verifyWith = (changed: Partial<CircuitProof>) =>
    verify({ verifyingKey, ...proof, ...changed });

  it("verifies, with the rule's outcome and terms folded into the first public signal", async () => {
    expect(await verifyWith({})).toBe(true);
    expect(proof.publicSignals).toEqual(ruleSignals(vector, vector.outcomeWords));
  });

  it("does not verify for any other public signal, nor for the same one plus the field's order", async () => {
    for (const index of proof.publicSignals.keys()) {
      const withAdded = (added: bigint) =>
        proof.publicSignals.map((signal, at) => (at === index ? signal + added : signal));

      expect(await verifyWith({ publicSignals: withAdded(1n) })).toBe(false);
      expect(await verifyWith({ publicSignals: withAdded(SCALAR_FIELD) })).toBe(false);
    }
    expect(await verifyWith({ publicSignals: proof.publicSignals.slice(1) })).toBe(false);
  });

  it("does not verify with any word of the proof changed, out of range or missing", async () => {
    for (const index of proof.groth16.keys()) {
      for (const added of [1n, BASE_FIELD]) {
        const words = proof.groth16.map((word, at) => (at === index ? word + added : word));

        expect(await verifyWith({ groth16: words })).toBe(false);
      }
    }
    expect(await verifyWith({ groth16: proof.groth16.slice(1) })).toBe(false);
    expect(await verifyWith({ groth16: proof.groth16.map(() => 0n) })).toBe(false);
  });

  it("does not verify with a point on the second curve but outside the group", async () => {
    const [ax, ay, , , , , cx, cy] = proof.groth16 as bigint[];

    const words = [ax, ay, ...OUTSIDE_THE_GROUP, cx, cy] as bigint[];
    expect(await verifyWith({ groth16: words })).toBe(false);
  });

  it("refuses a key that is none", async () => {
    await expect(
      verify({ ...proof, verifyingKey: { ...verifyingKey, vk_alpha_1: ["1", "3"] } }),
    ).rejects.toMatchObject({ code: "CW2051" });
  });

  it("says so when the circuit accepts no such round", async () => {
    await expect(proveCircuit(files, { ...ruleInput(vector), salt: 1n })).rejects.toMatchObject({
      code: "CW2050",
    });
  });

  it("stops at an abort, before and while proving, and proves again afterwards", async () => {
    const reason = new Error("stopped");
    await expect(
      proveCircuit(files, ruleInput(vector), { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);

    const controller = new AbortController();
    const onProgress = (fraction: number) => {
      if (fraction > 0) setImmediate(() => controller.abort(reason));
    };
    await expect(
      proveCircuit(files, ruleInput(vector), { signal: controller.signal, onProgress }),
    ).rejects.toBe(reason);

    const again = await proveCircuit(files, ruleInput(vector));
    expect(await verify({ verifyingKey, ...again })).toBe(true);
    expect(again.groth16).not.toEqual(proof.groth16);
  });
});
