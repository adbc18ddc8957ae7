// `node bench/round/settle-round.ts <hidden units>`: one whole round, printed as JSON. Progress goes to stderr.
import { readCircuitArtifacts } from "../../services/adapters/artifacts/circuit-artifacts.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { secureRandomBytes } from "../../services/adapters/curve/random-bytes.ts";
import { createRuleProver } from "../../services/adapters/snark/prove-rule.ts";
import { type Dataset, subsetDataset } from "../../services/learning/data/dataset.ts";
import { readMnist } from "../../services/learning/data/mnist.ts";
import { partitionIndices } from "../../services/learning/data/partition.ts";
import { countParameters, multilayerPerceptron } from "../../services/learning/model-spec.ts";
import type { Hyperparameters } from "../../services/learning/training/hyperparameters.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { computeReferences } from "../../services/learning/training/references.ts";
import { trainLocally } from "../../services/learning/training/train-locally.ts";
import { difference } from "../../services/learning/training/vector.ts";
import { type G1Point, INFINITY } from "../../services/protocol/curve.ts";
import { commitModel, commitUpdate } from "../../services/protocol/gram/commitment.ts";
import type { SlotVector } from "../../services/protocol/gram/gram-matrix.ts";
import { quantiseModel, quantiseUpdate } from "../../services/protocol/model/fixed-point.ts";
import { proveRound } from "../../services/protocol/round/prove-round.ts";
import { packTerms } from "../../services/protocol/round/public-signals.ts";
import type { RoundTerms } from "../../services/protocol/rule/round-terms.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";
import { randomScalar } from "../../services/protocol/scalar.ts";
import { askVerifier, openVerifierChain } from "../../test/integration/round-verifier-chain.ts";
import { DEVELOPMENT_TAU_G2 } from "../../test/integration/verifier-rounds.ts";

const SLOTS = 16;
const TRAINERS = SLOTS - 3;
const SAMPLES_A_TRAINER = 256;
const ROOT_SAMPLES = 150;
const PAY_SAMPLES = 500;
const FRACTION_BITS = 14;
const DITHER_BITS = 4;
const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const AGGREGATOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Seconds unless the name says otherwise. */
interface RoundFigures {
  readonly parameters: number;
  readonly trainers: number;
  /** All trainers and the references, one after the other. */
  readonly training: number;
  readonly developmentPowers: number;
  /** All 13 updates, r, g and the model. */
  readonly commitments: number;
  /** Gram matrix, Gram proof, rule proof, aggregate. */
  readonly proving: number;
  /** `verifyRound` on a simulated chain, deployment not included. */
  readonly verifying: number;
  readonly acceptedTrainers: number;
  readonly peakMemoryMb: number;
}

const startedAt = performance.now();
const log = (line: string) => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(`${seconds.padStart(7)} s  ${line}\n`);
};
let last = startedAt;
const lap = () => {
  const now = performance.now();
  const seconds = Math.round(now - last) / 1000;
  last = now;
  return seconds;
};

/** Really trained vectors of a first round: there is no last aggregate, so slot 2 is empty. */
async function trainRound(hidden: number) {
  const model = multilayerPerceptron({
    features: 784,
    hidden: [hidden],
    classes: 10,
    seed: "bench",
  });
  const parameters = initialiseParameters(model);
  const mnist = await readMnist("train");
  const sizes = [...new Array<number>(TRAINERS).fill(SAMPLES_A_TRAINER), ROOT_SAMPLES, PAY_SAMPLES];
  const used = sizes.reduce((sum, size) => sum + size, 0);
  const labels = (await mnist.readLabels()).slice(0, used);
  const plan = { kind: "iid" as const };
  const indices = partitionIndices({
    labels,
    classes: 10,
    parts: sizes.length,
    plan,
    seed: "bench",
    sizes,
  });
  const parts = indices.map((part) => subsetDataset(mnist, part));
  const hyperparameters: Hyperparameters = {
    optimiser: "sgd",
    learningRate: 0.05,
    batchSize: 32,
    epochs: 1,
    steps: 8,
  };
  const { r, g } = await computeReferences({
    model,
    parameters,
    rootSet: parts[TRAINERS] as Dataset,
    paySet: parts[TRAINERS + 1] as Dataset,
    hyperparameters,
    referenceSteps: 24,
    fractionBits: FRACTION_BITS,
    ditherBits: DITHER_BITS,
    seed: "bench",
    randomBytes: secureRandomBytes,
  });
  log("references trained");
  const slots: SlotVector[] = [r, g, null];
  for (let trainer = 0; trainer < TRAINERS; trainer++) {
    const trained = await trainLocally({
      model,
      parameters,
      dataset: parts[trainer] as Dataset,
      hyperparameters,
      seed: `bench/${trainer}`,
    });
    const values = difference(trained.parameters, parameters);
    const quantised = quantiseUpdate({
      values,
      fractionBits: FRACTION_BITS,
      ditherBits: DITHER_BITS,
      randomBytes: secureRandomBytes,
    });
    slots.push(quantised.entries);
    log(`trainer ${trainer + 1} of ${TRAINERS} trained`);
  }
  return { slots, model: quantiseModel(parameters, FRACTION_BITS), count: countParameters(model) };
}

async function settleRound(hidden: number): Promise<RoundFigures> {
  const { slots, model, count } = await trainRound(hidden);
  const training = lap();
  await using curve = await openCurve({ parameterCount: count });
  const developmentPowers = lap();
  log("powers of tau ready");
  const blindings = slots.map((slot) => (slot ? randomScalar(secureRandomBytes) : 0n));
  const commitments: G1Point[] = [];
  for (const [index, slot] of slots.entries()) {
    const blinding = blindings[index] as bigint;
    commitments.push(
      slot ? await commitUpdate(curve, { update: slot as Int16Array, blinding }) : INFINITY,
    );
  }
  const modelBlinding = randomScalar(secureRandomBytes);
  const modelCommitment = await commitModel(curve, { model, blinding: modelBlinding });
  const committing = lap();
  log("committed");
  const active = slots.map((slot) => slot !== null);
  const terms: RoundTerms = {
    slotCount: SLOTS,
    active,
    normBoundSquared: (1n << 54n) - 1n,
    parameterA: 0,
    parameterB: 0,
    baseWeights: active.slice(3).map(() => 512),
  };
  const context = { chainId: 31337n, projectId: 1n, roundIndex: 0n, parameterCount: count };
  let step = "";
  const proven = await proveRound(
    {
      context: {
        ...context,
        market: BigInt(MARKET),
        aggregator: BigInt(AGGREGATOR),
        modelCommitment,
      },
      rule: trustRule,
      terms,
      slots,
      blindings,
      commitments,
    },
    { curve, proveRule: createRuleProver(readCircuitArtifacts), randomBytes: secureRandomBytes },
    {
      onProgress(fraction, name) {
        if (name !== step) log(`proving, ${Math.round(fraction * 100)} %: ${name}`);
        step = name;
      },
    },
  );
  const proving = lap();
  const chain = await openVerifierChain();
  const verifier = await chain.deployVerifierWith(["Trust8Key", "Trust16Key"], DEVELOPMENT_TAU_G2);
  log("verifier deployed");
  lap();
  const { chainId: _, ...identity } = context;
  const statement = {
    ...identity,
    market: MARKET,
    aggregator: AGGREGATOR,
    ruleId: 1n,
    slots: BigInt(SLOTS),
    parameterCount: BigInt(count),
    termsWords: packTerms(terms),
    modelCommitment,
    commitments,
  };
  const verdict = await askVerifier(chain, verifier, statement, proven.proof);
  const verifying = lap();
  await chain.close();
  if (!("outcome" in verdict)) throw new Error(`the chain refused the round: ${verdict.error}`);
  const accepted = proven.outcome.verdicts.filter((name) => name === "accepted").length;
  log(
    `the chain accepts: ${accepted} of ${TRAINERS} trainers selected, weights ${proven.outcome.weights}`,
  );
  return {
    parameters: count,
    trainers: TRAINERS,
    training,
    developmentPowers,
    commitments: committing,
    proving,
    verifying,
    acceptedTrainers: accepted,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

const figures = await settleRound(Number(process.argv[2]));
process.stdout.write(JSON.stringify(figures), () => {
  // snarkjs keeps its threads for ever.
  process.exit(0);
});
