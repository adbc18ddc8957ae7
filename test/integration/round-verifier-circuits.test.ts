/** Whole rounds with the real circuits and their committed development keys, from updates to the contract's verdict. */
import { AbiCoder, type Contract, keccak256 } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCircuitArtifacts } from "../../services/adapters/artifacts/circuit-artifacts.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { createRuleProver } from "../../services/adapters/snark/prove-rule.ts";
import type { Curve } from "../../services/protocol/curve.ts";
import { gramHash } from "../../services/protocol/gram/gram-hash.ts";
import { combinedSquare, slotWeights } from "../../services/protocol/gram/gram-proof.ts";
import { proveGram } from "../../services/protocol/gram/prove-gram.ts";
import { contextHash } from "../../services/protocol/gram/transcript.ts";
import {
  type ProvenRound,
  proveRound,
  type RoundToProve,
} from "../../services/protocol/round/prove-round.ts";
import { packTerms, publicSignals } from "../../services/protocol/round/public-signals.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";
import { verdictCode } from "../../services/protocol/rule/verdicts.ts";
import { seededBytes } from "../protocol/gram-cases.ts";
import { CIRCUIT_ROUND_PARAMETERS, circuitRound, statementOf } from "./circuit-round.ts";
import {
  askVerifier,
  COMPILE_TIMEOUT_MS,
  openVerifierChain,
  type Verdict,
  type VerifierChain,
} from "./round-verifier-chain.ts";
import { combinePoints, DEVELOPMENT_TAU_G2 } from "./verifier-rounds.ts";

let chain: VerifierChain;
let verifier: Contract;
let curve: Curve & AsyncDisposable;
const proveRule = createRuleProver(readCircuitArtifacts);

beforeAll(async () => {
  chain = await openVerifierChain();
  verifier = await chain.deployVerifierWith(["Trust8Key", "Trust16Key"], DEVELOPMENT_TAU_G2);
  curve = await openCurve({ parameterCount: CIRCUIT_ROUND_PARAMETERS });
}, COMPILE_TIMEOUT_MS);

afterAll(async () => {
  await chain.close();
  await curve[Symbol.asyncDispose]();
  // snarkjs keeps the threads of its curve in a global.
  await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate();
});

function nameOf(verdict: Verdict): string {
  return "error" in verdict ? verdict.error : "accepted";
}

describe.each([8, 16])("a round with %i slots", (slotCount) => {
  let round: RoundToProve;
  let proven: ProvenRound;
  beforeAll(async () => {
    round = await circuitRound(curve, trustRule, slotCount);
    proven = await proveRound(round, {
      curve,
      proveRule,
      randomBytes: seededBytes(`secrets ${slotCount}`),
    });
  }, COMPILE_TIMEOUT_MS);

  it("is accepted with the outcome that the rule computes in TypeScript", async () => {
    const verdict = await askVerifier(chain, verifier, statementOf(round), proven.proof);

    if ("error" in verdict) throw new Error(`${verdict.error} ${verdict.arguments}`);
    const { outcome } = verdict;
    expect(outcome.weights.map(Number)).toEqual(proven.outcome.weights);
    expect(outcome.shares.map(Number)).toEqual(proven.outcome.shares);
    expect(outcome.verdicts.map(Number)).toEqual(proven.outcome.verdicts.map(verdictCode));
    expect(proven.outcome.verdicts[1]).toBe("against-reference");
    expect(proven.outcome.isVoid).toBe(false);
    expect(outcome.newModelCommitment.toObject()).toEqual(
      combinePoints([round.context.modelCommitment, proven.proof.aggregateCommitment], [1n, 1n]),
    );
  });

  it("is rejected when a share is moved to another trainer", async () => {
    const words = [...proven.proof.outcomeWords];
    // One unit from trainer 2 to trainer 0: a possible outcome, but not the rule's.
    words[0] = (words[0] as bigint) + 1n - (1n << 62n);

    const verdict = await askVerifier(chain, verifier, statementOf(round), {
      ...proven.proof,
      outcomeWords: words,
    });

    expect(nameOf(verdict)).toBe("RoundVerifierProofRejected");
  });

  it("has no rule proof with the true mu for a Gram matrix that is off by one", async () => {
    const gram = proven.gram.map((row, i) =>
      row.map((entry, j) => (i === 3 && j === 3 ? entry + 1n : entry)),
    );
    const terms = packTerms(round.terms);
    const claim = await proveGram({
      curve,
      slots: round.slots,
      blindings: round.blindings,
      commitments: round.commitments,
      context: contextHash({
        ...round.context,
        ruleId: 1n,
        slotCount,
        terms,
      }),
      parameterCount: CIRCUIT_ROUND_PARAMETERS,
      terms,
      decide: () => proven.proof.outcomeWords,
      randomBytes: seededBytes("a false claim"),
    });
    const { salt, dummyRow, alpha, mu, outcomeWords } = claim;
    const { outcome } = proven;
    const input = { ruleId: 1, terms: round.terms, gram, dummyRow, salt, alpha, outcome };
    const falseHash = gramHash({ salt, terms, gram, dummyRow });
    const falseMu = combinedSquare(gram, dummyRow, slotWeights(alpha, slotCount + 1));
    const signalsFor = (square: bigint) =>
      publicSignals({ outcomeWords, alpha, mu: square, gramHash: falseHash, termsWords: terms });

    // Under the hash that alpha was drawn for, the false matrix has no witness; under its own hash it has another mu than the updates.
    await expect(proveRule({ ...input, gramHash: claim.gramHash }, {})).rejects.toThrow(
      /Assert Failed/,
    );
    const { publicSignals: signals } = await proveRule({ ...input, gramHash: falseHash }, {});
    expect(signals).toEqual(signalsFor(falseMu));
    expect(signals).not.toEqual(signalsFor(mu));
  });

  it("has the generated key of its circuit", async () => {
    const key = await verifier.getFunction("verifyingKey")(1, slotCount);
    const hash = await verifier.getFunction("verifyingKeyHash")(1, slotCount);
    const type = verifier.interface.getFunction("verifyingKey")?.outputs[0];

    expect(hash).toBe(keccak256(AbiCoder.defaultAbiCoder().encode([type as never], [key])));
    expect(await verifier.getFunction("isSupported")(1, slotCount)).toBe(true);
  });
});
