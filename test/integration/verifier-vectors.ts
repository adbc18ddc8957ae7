import { AbiCoder, ParamType } from "ethers";
import { DEVELOPMENT_TAU_G2, VERIFIER_KEYS, vectorRounds } from "./verifier-rounds.ts";

const G1 = "tuple(uint256 x, uint256 y)";
const G2 = "tuple(uint256[2] x, uint256[2] y)";

/** The Solidity structs, for ABI coding without a compiled contract. */
export const ABI_TYPES = {
  g2: ParamType.from(G2),
  key: ParamType.from(`tuple(${G1} alpha, ${G2} beta, ${G2} gamma, ${G2} delta, ${G1}[] ic)`),
  statement: ParamType.from(
    `tuple(address market, uint256 projectId, uint256 roundIndex, address aggregator, uint8 ruleId, uint8 slots, uint32 parameterCount, uint256[] termsWords, ${G1} modelCommitment, ${G1}[] commitments)`,
  ),
  proof: ParamType.from(
    `tuple(tuple(${G1} S, ${G1} R, ${G1} Q, ${G1} W, uint256 mu, uint256 rhoA, uint256 a, uint256 aInv, uint256 s) gram, ${G1} dummyCommitment, uint256 gramHash, uint256[] outcomeWords, ${G1} aggregateCommitment, uint256[8] groth16)`,
  ),
  outcome: ParamType.from(
    `tuple(uint16[] shares, uint16[] weights, uint8[] verdicts, bool isVoid, ${G1} newModelCommitment, ${G1} aggregateCommitment)`,
  ),
};

/** The contents of test/vectors/round-verifier.json: structs as ABI bytes, which Solidity decodes in one line. */
export function roundVerifierVectors(): string {
  const coder = AbiCoder.defaultAbiCoder();
  const encode = (type: keyof typeof ABI_TYPES, value: unknown) =>
    coder.encode([ABI_TYPES[type]], [value]);
  const keys = VERIFIER_KEYS.map(({ ruleId, slots, points }) => ({
    ruleId,
    slots,
    key: encode("key", points),
  }));
  const rounds = vectorRounds().map((round) => ({
    name: round.name,
    slots: Number(round.statement.slots),
    statement: encode("statement", round.statement),
    proof: encode("proof", round.proof),
    signals: round.signals.map(String),
    outcome: encode("outcome", {
      shares: round.shares,
      weights: round.weights,
      verdicts: round.verdicts,
      isVoid: false,
      newModelCommitment: round.newModelCommitment,
      aggregateCommitment: round.proof.aggregateCommitment,
    }),
  }));
  return `${JSON.stringify({ tauG2: encode("g2", DEVELOPMENT_TAU_G2), keys, rounds }, null, 1)}\n`;
}
