import { type Contract, dataLength } from "ethers";
import { INFINITY } from "../../services/protocol/curve.ts";
import {
  openVerifierChain,
  type VerifierChain,
} from "../../test/integration/round-verifier-chain.ts";
import { settleNaively } from "../../test/integration/settle-naively.ts";
import {
  DEVELOPMENT_TAU_G2,
  keyOf,
  publicSignals,
  VERIFIER_KEYS,
} from "../../test/integration/verifier-rounds.ts";

/** What one verified round costs, all slots active; gas of the call, without a transaction's 21,000 and its calldata. */
export interface VerifierGas {
  readonly slots: number;
  readonly trainers: number;
  /** The Gram proof with a pairing of its own. */
  readonly gramGas: number;
  /** The rule's Groth16 proof with a pairing of its own. */
  readonly ruleGas: number;
  /** `verifyRound`: both in one pairing, the aggregate and the new model commitment included. */
  readonly verifyGas: number;
  /** `requireProven`: the same without the outcome's lists, as the market calls it. */
  readonly provenGas: number;
  /** The same in a void round, which has no aggregate. */
  readonly voidRoundGas: number;
  /** Of `verifyGas`, what the precompiles charge: pairing, multiplications and additions. */
  readonly precompileGas: number;
  /** Statement and proof as arguments of the call. */
  readonly argumentBytes: number;
}

const PAIRING_GAS = 45_000 + 5 * 34_000;
const MULTIPLY_AND_ADD_GAS = 6_000 + 150;

/** Measures `verifyRound` on a simulated chain. The numbers are exact: they change only with contracts or compiler. */
export async function measureVerifierGas(
  slotCounts: readonly (8 | 16 | 32)[] = [8, 16, 32],
): Promise<VerifierGas[]> {
  const chain = await openVerifierChain();
  try {
    const verifier = await chain.deployVerifier({ tauG2: DEVELOPMENT_TAU_G2, keys: VERIFIER_KEYS });
    const rows: VerifierGas[] = [];
    for (const slots of slotCounts) rows.push(await measureSlots(chain, verifier, slots));
    return rows;
  } finally {
    await chain.close();
  }
}

async function measureSlots(
  chain: VerifierChain,
  verifier: Contract,
  slots: 8 | 16 | 32,
): Promise<VerifierGas> {
  const meter = await chain.deploy("CallMeter", []);
  const parts = await chain.deploy("VerifierParts", []);
  const gasOf = async (target: Contract, method: string, args: readonly unknown[]) => {
    const data = target.interface.encodeFunctionData(method, args);
    const [gasUsed, returned] = await meter.getFunction("measure")(await target.getAddress(), data);
    const results = target.interface.decodeFunctionResult(method, returned);
    if (results.length === 1 && results[0] === false)
      throw new Error(`${method} rejected what it should accept`);
    return { gas: Number(gasUsed), bytes: dataLength(data) };
  };

  const trainers = slots - 3;
  const weights = Array.from({ length: slots }, (_, slot) =>
    slot < 3 ? 0n : BigInt(Math.floor(1024 / trainers) + (slot === 3 ? 1024 % trainers : 0)),
  );
  const { statement, proof, gram } = settleNaively({ slots, weights });
  const emptyRound = settleNaively({ slots, weights: weights.map(() => 0n) });
  const key = keyOf(statement);
  const signals = publicSignals(statement, proof, gram.messages.alpha);
  const merged = await gasOf(verifier, "verifyRound", [statement, proof]);
  // Slots, dummy, H, S, R, Q, G, aggregate; W on both sides; one multiplication a public signal.
  const multiplications = slots + 7 + 2 + signals.length;
  return {
    slots,
    trainers,
    gramGas: (
      await gasOf(parts, "verifyGram", [
        statement,
        { ...proof, aggregateCommitment: INFINITY },
        DEVELOPMENT_TAU_G2,
        (await verifier.getFunction("blindingBase")()).toObject(),
      ])
    ).gas,
    ruleGas: (await gasOf(parts, "verifyRule", [signals, proof.groth16, key.points])).gas,
    verifyGas: merged.gas,
    provenGas: (await gasOf(verifier, "requireProven", [statement, proof])).gas,
    voidRoundGas: (await gasOf(verifier, "verifyRound", [emptyRound.statement, emptyRound.proof]))
      .gas,
    precompileGas: PAIRING_GAS + multiplications * MULTIPLY_AND_ADD_GAS,
    argumentBytes: merged.bytes,
  };
}
