import { INFINITY } from "../../services/protocol/curve.ts";
import { contextHash } from "../../services/protocol/gram/transcript.ts";
import type { RoundProof } from "../../services/protocol/round/settlement.ts";
import {
  type Cheat,
  commitPolynomial,
  type NaiveProof,
  type NaiveWitness,
  type Polynomial,
  proveNaively,
} from "./naive-gram-prover.ts";
import { combinePoints, keyOf, publicSignals, type RoundStatement } from "./verifier-rounds.ts";

/** A round made up for an attack: what is committed, what is claimed, and what is proven. */
export interface NaiveRound {
  readonly statement: RoundStatement;
  readonly proof: RoundProof;
  readonly gram: NaiveProof;
  readonly context: bigint;
}

/** What an attack changes; everything else is honest. */
export interface NaiveRoundOptions {
  readonly slots: 8 | 16 | 32;
  readonly parameterCount?: number;
  /** Slots that are not committed. */
  readonly inactive?: readonly number[];
  /** The mask in the terms, where it should differ from what is committed. */
  readonly activeMask?: bigint;
  /** Replaces the polynomials that are committed. */
  readonly commit?: (honest: readonly (Polynomial | null)[]) => readonly (Polynomial | null)[];
  /** Replaces the polynomials that the proof is made with. */
  readonly prove?: (honest: readonly (Polynomial | null)[]) => readonly (Polynomial | null)[];
  /** Replaces a message of the Gram proof; see `Cheat`. */
  readonly cheat?: Cheat;
  /** Degree bound that the prover works with, where it lies about it. */
  readonly provenParameterCount?: number;
  /** False leaves R out of the opening. */
  readonly isDegreeProven?: boolean;
  /** Weights by slot; by default 1024 to the first active trainer. All zero for a void round. */
  readonly weights?: readonly bigint[];
  /** Replaces the aggregate. */
  readonly aggregate?: (
    honest: RoundProof["aggregateCommitment"],
  ) => RoundProof["aggregateCommitment"];
  /** Replaces fields of the statement before anything is proven. */
  readonly statement?: Partial<RoundStatement>;
  /** Public signals that the rule's proof is made for, where they should differ. */
  readonly signals?: (honest: readonly bigint[]) => readonly bigint[];
  /** Error of the rule's equation; see `TrapdoorKey.prove`. */
  readonly ruleError?: bigint;
}

/** Small numbers that follow from their position: the vectors of every naive round. */
export function naiveVectors(
  options: Pick<NaiveRoundOptions, "slots" | "parameterCount" | "inactive">,
): (Polynomial | null)[] {
  const { slots, parameterCount = 40, inactive = [] } = options;
  const vectors = Array.from({ length: slots + 1 }, (_, slot): Polynomial | null => {
    if (inactive.includes(slot)) return null;
    const length = slot === slots ? 32 : parameterCount;
    return Array.from(
      { length },
      (_, j) => BigInt(((slot + 3) * 7919 + (j + 1) * 104729 * (slot + 1)) % 4001) - 2000n,
    );
  });
  // The dummy has field elements, not small numbers.
  vectors[slots] = (vectors[slots] as Polynomial).map((value) => value ** 20n);
  return vectors;
}

/** Commits, proves and packs a round with the naive prover and a rule proof under the test key. */
export function settleNaively(options: NaiveRoundOptions): NaiveRound {
  const { slots, parameterCount = 40 } = options;
  const honest = naiveVectors(options);
  const committed = options.commit?.(honest) ?? honest;
  const blindings = committed.map((_, i) => BigInt(i + 1) ** 31n);
  const activeMask =
    options.activeMask ??
    committed
      .slice(0, slots)
      .reduce((mask, vector, i) => (vector ? mask | (1n << BigInt(i)) : mask), 0n);
  const draft: RoundStatement = {
    market: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    projectId: 5n,
    roundIndex: 2n,
    aggregator: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    ruleId: 1n,
    slots: BigInt(slots),
    parameterCount: BigInt(parameterCount),
    termsWords: slots === 32 ? [activeMask | (1n << 40n), 0n] : [activeMask | (1n << 40n)],
    modelCommitment: { x: 1n, y: 2n },
    commitments: [],
    ...options.statement,
  };
  const context = contextHash({
    ...draft,
    chainId: 31337n,
    market: BigInt(draft.market),
    aggregator: BigInt(draft.aggregator),
    slotCount: slots,
    parameterCount: Number(draft.parameterCount),
    terms: draft.termsWords,
  });
  const witness: NaiveWitness = { vectors: options.prove?.(committed) ?? committed, blindings };
  // What is proven may differ from what is committed.
  const commitments = committed.map((vector, i) =>
    vector ? commitPolynomial(vector, blindings[i] ?? 0n) : INFINITY,
  );
  const weights = options.weights ?? defaultWeights(committed.slice(0, slots));
  const outcomeWords = packNaively(weights, activeMask);
  const gram = proveNaively({
    context,
    parameterCount: options.provenParameterCount ?? parameterCount,
    transcriptParameterCount: parameterCount,
    witness,
    gramHash: 123456789n,
    outcomeWords,
    ...(options.isDegreeProven === false && { isDegreeProven: false }),
    commitments,
    ...(options.cheat && { cheat: options.cheat }),
  });
  const statement = { ...draft, commitments: gram.commitments };
  const isVoid = weights.every((weight) => weight === 0n);
  const aggregate = isVoid
    ? { x: 0n, y: 0n }
    : combinePoints(
        statement.commitments.filter((_, i) => weights[i]),
        weights.filter(Boolean),
      );
  const unproven: RoundProof = {
    gram: gram.gram,
    dummyCommitment: gram.dummyCommitment,
    gramHash: gram.gramHash,
    outcomeWords,
    aggregateCommitment: options.aggregate?.(aggregate) ?? aggregate,
    groth16: [],
  };
  const signals = publicSignals(statement, unproven, gram.messages.alpha);
  const groth16 = keyOf(statement).prove(options.signals?.(signals) ?? signals, options.ruleError);
  return { statement, proof: { ...unproven, groth16 }, gram, context };
}

function defaultWeights(vectors: readonly (Polynomial | null)[]): bigint[] {
  const first = vectors.findIndex((vector, slot) => vector && slot >= 3);
  return vectors.map((_, slot) => (slot === first ? 1024n : 0n));
}

/** Outcome words with everything by share to the one with the largest weight. */
export function packNaively(weights: readonly bigint[], activeMask: bigint): bigint[] {
  const words = new Array<bigint>(Math.ceil((weights.length - 3) / 8)).fill(0n);
  weights.slice(3).forEach((weight, trainer) => {
    const isActive = (activeMask >> BigInt(trainer + 3)) & 1n;
    const share = (weight * 65535n) / 1024n;
    const bits = isActive ? share | (weight << 16n) | (1n << 27n) : 0n;
    const index = Math.floor(trainer / 8);
    words[index] = (words[index] as bigint) | (bits << BigInt(31 * (trainer % 8)));
  });
  return words;
}
