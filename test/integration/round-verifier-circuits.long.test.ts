/**
 * The circuits whose keys are not kept in the repository (`npm run circuits` makes them): other rules and sizes, the
 * same contract. Skipped, and shown as skipped, where the keys are missing.
 */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCircuitArtifacts } from "../../services/adapters/artifacts/circuit-artifacts.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { createRuleProver } from "../../services/adapters/snark/prove-rule.ts";
import type { Curve } from "../../services/protocol/curve.ts";
import { proveRound } from "../../services/protocol/round/prove-round.ts";
import { roundRuleById } from "../../services/protocol/rule/round-rules.ts";
import { verdictCode } from "../../services/protocol/rule/verdicts.ts";
import { seededBytes } from "../protocol/gram-cases.ts";
import { CIRCUIT_ROUND_PARAMETERS, circuitRound, statementOf } from "./circuit-round.ts";
import {
  askVerifier,
  COMPILE_TIMEOUT_MS,
  openVerifierChain,
  type VerifierChain,
} from "./round-verifier-chain.ts";
import { DEVELOPMENT_TAU_G2 } from "./verifier-rounds.ts";

const CIRCUITS = [
  [1, 32, "Trust32Key", "trust-32"],
  [2, 8, "MultiKrum8Key", "multi-krum-8"],
  [2, 16, "MultiKrum16Key", "multi-krum-16"],
] as const;

let chain: VerifierChain;
let curve: Curve & AsyncDisposable;
const proveRule = createRuleProver(readCircuitArtifacts);

beforeAll(async () => {
  chain = await openVerifierChain({
    sources: CIRCUITS.map(([, , name]) => `contracts/verifiers/${name}.sol`),
  });
  curve = await openCurve({ parameterCount: CIRCUIT_ROUND_PARAMETERS });
}, COMPILE_TIMEOUT_MS);

afterAll(async () => {
  await chain.close();
  await curve[Symbol.asyncDispose]();
  // snarkjs keeps the threads of its curve in a global.
  await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate();
});

function hasKey(name: string): boolean {
  return existsSync(new URL(`../../circuits/keys/${name}.zkey.gz`, import.meta.url));
}

for (const [ruleId, slotCount, keyContract, name] of CIRCUITS) {
  describe.skipIf(!hasKey(name))(keyContract, () => {
    it("accepts a round with the outcome that the rule computes in TypeScript", {
      timeout: 300_000,
    }, async () => {
      const verifier = await chain.deployVerifierWith([keyContract], DEVELOPMENT_TAU_G2);
      const round = await circuitRound(curve, roundRuleById(ruleId), slotCount);
      const proven = await proveRound(round, {
        curve,
        proveRule,
        randomBytes: seededBytes("long"),
      });

      const verdict = await askVerifier(chain, verifier, statementOf(round), proven.proof);

      if ("error" in verdict) throw new Error(`${verdict.error} ${verdict.arguments}`);
      expect(verdict.outcome.isVoid).toBe(proven.outcome.isVoid);
      expect(verdict.outcome.weights.map(Number)).toEqual(proven.outcome.weights);
      expect(verdict.outcome.shares.map(Number)).toEqual(proven.outcome.shares);
      expect(verdict.outcome.verdicts.map(Number)).toEqual(
        proven.outcome.verdicts.map(verdictCode),
      );
    });
  });
}
