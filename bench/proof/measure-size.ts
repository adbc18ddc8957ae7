// One row of the proof benchmark: `node bench/proof/measure-size.ts <parameters> <slots> <threads>` prints it as JSON.
import { readCircuitArtifacts } from "../../services/adapters/artifacts/circuit-artifacts.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { openVerifierCurve } from "../../services/adapters/curve/open-verifier-curve.ts";
import { secureRandomBytes } from "../../services/adapters/curve/random-bytes.ts";
import { createRuleProver } from "../../services/adapters/snark/prove-rule.ts";
import type { Curve, G1Point } from "../../services/protocol/curve.ts";
import { BLINDING_BASE } from "../../services/protocol/gram/blinding-base.ts";
import type { SlotVector } from "../../services/protocol/gram/gram-matrix.ts";
import { verifyGram } from "../../services/protocol/gram/gram-verifier.ts";
import { contextHash } from "../../services/protocol/gram/transcript.ts";
import { type ProveRule, proveRound } from "../../services/protocol/round/prove-round.ts";
import { packTerms } from "../../services/protocol/round/public-signals.ts";
import {
  FIRST_TRAINER_SLOT,
  type RoundTerms,
  SLOT_COUNTS,
} from "../../services/protocol/rule/round-terms.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";
import { randomScalar } from "../../services/protocol/scalar.ts";

/** Seconds unless the name says otherwise. All slots are active. */
export interface ProofFigures {
  readonly parameters: number;
  readonly slots: number;
  readonly threads: number;
  /** Making development powers of tau; a real network reads them from a file. */
  readonly developmentPowers: number;
  /** One update of one trainer. */
  readonly commit: number;
  /** Gram matrix and Gram proof. */
  readonly gramProve: number;
  /** Of all threads together: what is left of the wall clock on a machine that others use too. */
  readonly gramProveCpu: number;
  /** Witness and Groth16 proof of the rule circuit. */
  readonly ruleProve: number;
  readonly gramVerify: number;
  /** Of the whole process, workers included, until the Gram proof is done. */
  readonly gramPeakMemoryMb: number;
  readonly peakMemoryMb: number;
  /** Gram proof and Groth16 proof. */
  readonly proofBytes: number;
}

const GRAM_PROOF_BYTES = 4 * 64 + 5 * 32;
const GROTH16_BYTES = 8 * 32;

function lapTimer(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = Math.round(now - last) / 1000;
    last = now;
    return seconds;
  };
}

const peakMemoryMb = () => Math.round(process.resourceUsage().maxRSS / 1024);

/** Vectors as of honest trainers: a common direction and noise of the same size; the last aggregate 1024 times as large. */
function roundSlots(slots: number, length: number): SlotVector[] {
  const common = new Int16Array(secureRandomBytes(length * 2).buffer);
  return Array.from({ length: slots }, (_, slot) => {
    const noise = new Int16Array(secureRandomBytes(length * 2).buffer);
    if (slot === 2) return Int32Array.from(noise, (value) => (value >> 4) * 1024);
    return Int16Array.from(noise, (value, j) => (value >> 4) + ((common[j] as number) >> 4));
  });
}

async function commitAll(
  curve: Curve,
  vectors: readonly SlotVector[],
  blindings: readonly bigint[],
) {
  const lap = lapTimer();
  const commitments: G1Point[] = [];
  let commit = 0;
  for (const [index, vector] of vectors.entries()) {
    lap();
    const bare = await curve.commitIntegers(vector as Int16Array);
    const blinding = blindings[index] as bigint;
    commitments.push(await curve.linearCombination([bare, BLINDING_BASE], [1n, blinding]));
    commit = lap();
  }
  return { commitments, commit };
}

async function measure(parameters: number, slots: number, threads: number): Promise<ProofFigures> {
  const lap = lapTimer();
  await using curve = await openCurve({ parameterCount: parameters, threads });
  const developmentPowers = lap();
  const vectors = roundSlots(slots, parameters);
  const blindings = vectors.map(() => randomScalar(secureRandomBytes));
  const { commitments, commit } = await commitAll(curve, vectors, blindings);

  const terms: RoundTerms = {
    slotCount: slots,
    active: vectors.map(() => true),
    normBoundSquared: (1n << 54n) - 1n,
    parameterA: 0,
    parameterB: 0,
    baseWeights: vectors.slice(FIRST_TRAINER_SLOT).map(() => 512),
  };
  const context = {
    chainId: 1n,
    market: 1n,
    projectId: 1n,
    roundIndex: 0n,
    aggregator: 1n,
    parameterCount: parameters,
    modelCommitment: BLINDING_BASE,
  };
  const figures = { gramProve: 0, gramProveCpu: 0, gramPeakMemoryMb: 0, ruleProve: 0 };
  const prover = createRuleProver(readCircuitArtifacts);
  const proveRule: ProveRule = async (input, options) => {
    figures.gramProve = lap();
    const { user, system } = process.cpuUsage(cpuBefore);
    figures.gramProveCpu = Math.round((user + system) / 1000) / 1000;
    figures.gramPeakMemoryMb = peakMemoryMb();
    const proof = await prover(input, options);
    figures.ruleProve = lap();
    return proof;
  };
  lap();
  const cpuBefore = process.cpuUsage();
  const { proof } = await proveRound(
    { context, rule: trustRule, terms, slots: vectors, blindings, commitments },
    { curve, proveRule, randomBytes: secureRandomBytes },
  );

  await using verifier = await openVerifierCurve();
  const ctx = contextHash({ ...context, ruleId: 1n, slotCount: slots, terms: packTerms(terms) });
  lap();
  const { gram, dummyCommitment, gramHash, outcomeWords } = proof;
  const verdict = await verifyGram({
    curve: verifier,
    proof: gram,
    commitments,
    dummyCommitment,
    gramHash,
    outcomeWords,
    context: ctx,
    parameterCount: parameters,
  });
  const gramVerify = lap();
  if (!verdict.isAccepted) throw new Error(`the proof does not verify: ${verdict.reason}`);
  return {
    parameters,
    slots,
    threads,
    developmentPowers,
    commit,
    ...figures,
    gramVerify,
    peakMemoryMb: peakMemoryMb(),
    proofBytes: GRAM_PROOF_BYTES + GROTH16_BYTES,
  };
}

const [parameters, slots, threads] = process.argv.slice(2).map(Number);
if (!parameters || !slots || !threads || !SLOT_COUNTS.some((count) => count === slots)) {
  process.stderr.write("usage: measure-size.ts <parameters> <8|16|32> <threads>\n");
  process.exitCode = 2;
} else {
  process.stdout.write(JSON.stringify(await measure(parameters, slots, threads)), () => {
    // snarkjs keeps its threads for ever.
    process.exit(0);
  });
}
