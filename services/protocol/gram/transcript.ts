import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type G1Point, SCALAR_FIELD } from "../curve.ts";
import { CommonweightError } from "../errors.ts";
import { gramErrors } from "./gram-errors.ts";

/** Separates our challenges from those of any other protocol. */
export const TRANSCRIPT_DOMAIN: bigint = toBigint(keccak_256(utf8ToBytes("commonweight/gram/v2")));

/** What a proof is bound to: one made for a round of a project by one aggregator verifies nowhere else and for nobody else. */
export interface RoundContext {
  readonly chainId: bigint;
  /** Address of the market contract, as a number. */
  readonly market: bigint;
  readonly projectId: bigint;
  /** From 0. */
  readonly roundIndex: bigint;
  /** Address of who settles with it, as a number: a standby cannot use the proof of a late aggregator's transaction. */
  readonly aggregator: bigint;
  /** 1 trust rule, 2 multi-Krum. */
  readonly ruleId: bigint;
  /** Slots of the circuit, n, without the dummy. */
  readonly slotCount: number;
  /** d. */
  readonly parameterCount: number;
  /** The packed public parameters of the rule, as the circuit sees them. */
  readonly terms: readonly bigint[];
  /** Commitment of the model that the round improves. */
  readonly modelCommitment: G1Point;
}

/** A hash of the transcript and the challenge taken from it. */
export interface Challenge {
  /** The whole 256-bit hash: it is what the next hash continues from. */
  readonly hash: bigint;
  /** The hash modulo the scalar field. */
  readonly value: bigint;
}

function toBigint(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes)}`);
}

/**
 * keccak256 over 32-byte big-endian words, as Solidity's `keccak256(abi.encode(...))` of static values.
 *
 * @throws CommonweightError CW1605 when a word is negative or needs more than 256 bits.
 */
export function keccakWords(words: readonly bigint[]): bigint {
  const bytes = new Uint8Array(words.length * 32);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    if (word < 0n || word >> 256n !== 0n) {
      throw new CommonweightError(gramErrors.scalarOutOfRange, `word ${index} is not 256 bits`);
    }
    for (let limb = 0; limb < 4; limb++) {
      view.setBigUint64(index * 32 + limb * 8, BigInt.asUintN(64, word >> BigInt(192 - 64 * limb)));
    }
  });
  return toBigint(keccak_256(bytes));
}

function challenge(words: readonly bigint[]): Challenge {
  const hash = keccakWords(words);
  return { hash, value: hash % SCALAR_FIELD };
}

function coordinates(points: readonly G1Point[]): bigint[] {
  return points.flatMap(({ x, y }) => [x, y]);
}

/** `ctx`: the hash of everything that the proof is about. Twin: `RoundTranscript.sol`. */
export function contextHash(context: RoundContext): bigint {
  return keccakWords([
    TRANSCRIPT_DOMAIN,
    context.chainId,
    context.market,
    context.projectId,
    context.roundIndex,
    context.aggregator,
    context.ruleId,
    BigInt(context.slotCount),
    BigInt(context.parameterCount),
    ...context.terms,
    ...coordinates([context.modelCommitment]),
  ]);
}

/**
 * h0 and alpha. Every commitment, the dummy's, the Gram matrix with the terms (through their hash) and the outcome come before alpha:
 * a prover who could choose one of them afterwards could solve for what fits.
 */
export function alphaChallenge(input: {
  readonly context: bigint;
  readonly parameterCount: number;
  /** C_0 .. C_n, the dummy's last; (0, 0) for an inactive slot. */
  readonly commitments: readonly G1Point[];
  readonly gramHash: bigint;
  /** The packed outcome that the rule decides. */
  readonly outcomeWords: readonly bigint[];
}): Challenge {
  return challenge([
    input.context,
    BigInt(input.commitments.length),
    BigInt(input.parameterCount),
    ...coordinates(input.commitments),
    input.gramHash,
    ...input.outcomeWords,
  ]);
}

/** h1 and zeta, after S and R are fixed. */
export function zetaChallenge(
  h0: bigint,
  message: {
    readonly mu: bigint;
    readonly rhoA: bigint;
    readonly S: G1Point;
    readonly R: G1Point;
  },
): Challenge {
  return challenge([h0, message.mu, message.rhoA, ...coordinates([message.S, message.R])]);
}

/** h2 and gamma, after the opened values are fixed. */
export function gammaChallenge(
  h1: bigint,
  opened: {
    readonly a: bigint;
    readonly aInv: bigint;
    readonly s: bigint;
  },
): Challenge {
  return challenge([h1, opened.a, opened.aInv, opened.s]);
}

/** h3 and the point z at which the quotient is checked, after the quotient is fixed. */
export function zChallenge(h2: bigint, { Q }: { readonly Q: G1Point }): Challenge {
  return challenge([h2, ...coordinates([Q])]);
}

/** h4 and delta, the weight of the aggregate's equation, after the Gram proof's last point, the aggregate and the Groth16 proof are fixed. */
export function aggregateChallenge(
  h3: bigint,
  settlement: {
    readonly W: G1Point;
    readonly aggregate: G1Point;
    /** pA, pB, pC in the order of the EVM's pairing precompile. */
    readonly groth16Proof: readonly bigint[];
  },
): Challenge {
  const points = coordinates([settlement.W, settlement.aggregate]);
  return challenge([h3, ...points, ...settlement.groth16Proof]);
}

/** delta2, the weight of the Groth16 equation in the merged pairing. */
export function groth16Challenge(h4: bigint): Challenge {
  return challenge([h4, 1n]);
}
