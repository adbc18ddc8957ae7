import { DEVELOPMENT_TAU } from "../../services/adapters/curve/development-tau.ts";
import { BLINDING_BASE } from "../../services/protocol/blinding-base.ts";
import { type G1Point, INFINITY, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import type { GramProof } from "../../services/protocol/gram-proof.ts";
import { scalarInverse, scalarPower, toScalar } from "../../services/protocol/scalar.ts";
import {
  alphaChallenge,
  gammaChallenge,
  mergeChallenge,
  zetaChallenge,
} from "../../services/protocol/transcript.ts";
import { g1 } from "./trapdoor-groth16.ts";
import { combinePoints } from "./verifier-rounds.ts";

/** Coefficients of a polynomial, lowest first, any field elements. */
export type Polynomial = readonly bigint[];

/** What a prover claims to have committed to. */
export interface NaiveWitness {
  /** One polynomial a slot, null where inactive, then the dummy. */
  readonly vectors: readonly (Polynomial | null)[];
  /** One blinding a slot and one for the dummy. */
  readonly blindings: readonly bigint[];
}

/** Every message of the protocol in order; a cheat replaces one before it is hashed, and goes on honestly from there. */
export interface Messages {
  commitments: readonly G1Point[];
  gramHash: bigint;
  /** Those that alpha is drawn for. */
  outcomeWords: readonly bigint[];
  alpha: bigint;
  mu: bigint;
  rhoA: bigint;
  S: G1Point;
  R: G1Point;
  zeta: bigint;
  zetaInv: bigint;
  a: bigint;
  aInv: bigint;
  s: bigint;
  sInv: bigint;
  gamma: bigint;
  W1: G1Point;
  W2: G1Point;
}

/** A cheat: gets the honest messages so far and returns what to send instead. */
export type Cheat = {
  readonly [Name in keyof Messages]?: (
    honest: Messages[Name],
    sent: Readonly<Messages>,
  ) => Messages[Name];
};

/** A finished proof and the challenges it was made for. */
export interface NaiveProof {
  readonly commitments: readonly G1Point[];
  readonly dummyCommitment: G1Point;
  readonly gramHash: bigint;
  readonly gram: GramProof;
  readonly messages: Readonly<Messages>;
}

/** The value of a polynomial. */
export function evaluate(polynomial: Polynomial, x: bigint): bigint {
  return polynomial.reduceRight((sum, coefficient) => toScalar(sum * x + coefficient), 0n);
}

/** `[P(tau)] + rho * H`. Tau is public in the development setup, so one multiplication is enough. */
export function commitPolynomial(polynomial: Polynomial, blinding: bigint): G1Point {
  return combinePoints([g1(evaluate(polynomial, DEVELOPMENT_TAU)), BLINDING_BASE], [1n, blinding]);
}

/** `sum_j left[j] * right[j]`, which is what the Gram matrix holds. */
export function innerProduct(left: Polynomial, right: Polynomial): bigint {
  return toScalar(left.reduce((sum, value, j) => sum + value * (right[j] ?? 0n), 0n));
}

function addUp(polynomials: readonly Polynomial[], weights: readonly bigint[]): bigint[] {
  const length = Math.max(...polynomials.map((polynomial) => polynomial.length));
  return Array.from({ length }, (_, j) =>
    toScalar(polynomials.reduce((sum, p, i) => sum + (p[j] ?? 0n) * (weights[i] ?? 0n), 0n)),
  );
}

/** `(P(X) - P(x)) / (X - x)`. */
function quotient(polynomial: Polynomial, x: bigint): bigint[] {
  const result = new Array<bigint>(polynomial.length).fill(0n);
  let carry = 0n;
  for (let j = polynomial.length - 1; j >= 1; j--) {
    carry = toScalar(carry * x + (polynomial[j] as bigint));
    result[j - 1] = carry;
  }
  return result;
}

/** `S(X)`: the positive half of `A(X) A(1/X)`, shifted down by one. */
function autocorrelation(a: Polynomial): bigint[] {
  return a.map((_, k) => innerProduct(a.slice(k + 1), a.slice(0, a.length - k - 1)));
}

/** `X^(d-1) A(1/X)`; if A is longer than d this is no polynomial, and what does not fit is dropped. */
function reversed(a: Polynomial, parameterCount: number): bigint[] {
  return Array.from({ length: parameterCount }, (_, k) => a[parameterCount - 1 - k] ?? 0n);
}

/**
 * A Gram prover on bigints, written from the equations and not from our prover: a second opinion when it is honest, an
 * adaptive cheat when a message is replaced (later challenges follow from what was sent, as the verifier derives them).
 */
export function proveNaively(input: {
  readonly context: bigint;
  /** The degree bound that R is made for. */
  readonly parameterCount: number;
  /** The one in the transcript, where the prover lies about it. */
  readonly transcriptParameterCount?: number;
  readonly witness: NaiveWitness;
  /** What is on chain: honest only if it opens to the witness. The dummy's comes last. */
  readonly commitments: readonly G1Point[];
  readonly gramHash: bigint;
  readonly outcomeWords: readonly bigint[];
  /** False leaves R out of the opening, for `acceptsWithoutDegreeCheck`. */
  readonly isDegreeProven?: boolean;
  readonly cheat?: Cheat;
}): NaiveProof {
  const { context, parameterCount, witness, cheat = {} } = input;
  const { transcriptParameterCount = parameterCount } = input;
  const sent = {} as Messages;
  function send<Name extends keyof Messages>(name: Name, honest: Messages[Name]): Messages[Name] {
    const replace = cheat[name] as
      | ((honest: Messages[Name], sent: Messages) => Messages[Name])
      | undefined;
    sent[name] = replace ? replace(honest, sent) : honest;
    return sent[name];
  }

  const commitments = send("commitments", input.commitments);
  const gramHash = send("gramHash", input.gramHash);
  const outcomeWords = send("outcomeWords", input.outcomeWords);
  const h0 = alphaChallenge({
    context,
    parameterCount: transcriptParameterCount,
    commitments,
    gramHash,
    outcomeWords,
  });
  const alpha = send("alpha", h0.value);
  const weights = witness.vectors.map((_, i) => scalarPower(alpha, 1n << BigInt(i)));
  const a = addUp(
    witness.vectors.map((vector) => vector ?? []),
    weights,
  );
  const sPolynomial = autocorrelation(a);
  const rPolynomial = reversed(a, parameterCount);
  send("mu", innerProduct(a, a));
  send(
    "rhoA",
    toScalar(
      weights.reduce(
        (sum, weight, i) => sum + (witness.vectors[i] ? weight * (witness.blindings[i] ?? 0n) : 0n),
        0n,
      ),
    ),
  );
  send("S", commitPolynomial(sPolynomial, 0n));
  send("R", commitPolynomial(rPolynomial, 0n));
  const h1 = zetaChallenge(h0.hash, sent);
  const zeta = send("zeta", h1.value);
  const zetaInv = send("zetaInv", scalarInverse(zeta));
  send("a", evaluate(a, zeta));
  send("aInv", evaluate(a, zetaInv));
  send("s", evaluate(sPolynomial, zeta));
  send("sInv", evaluate(sPolynomial, zetaInv));
  const h2 = gammaChallenge(h1.hash, sent);
  const gamma = send("gamma", h2.value);
  const rFactor = input.isDegreeProven === false ? 0n : gamma * gamma;
  const opened = addUp([a, sPolynomial, rPolynomial], [1n, gamma, rFactor]);
  send("W1", commitPolynomial(quotient(opened, zeta), 0n));
  send("W2", commitPolynomial(quotient(addUp([a, sPolynomial], [1n, gamma]), zetaInv), 0n));

  const { mu, rhoA, S, R, W1, W2 } = sent;
  return {
    commitments: commitments.slice(0, -1),
    dummyCommitment: commitments.at(-1) ?? INFINITY,
    gramHash,
    gram: {
      S,
      R,
      W1,
      W2,
      mu,
      rhoA,
      a: sent.a,
      aInv: sent.aInv,
      s: sent.s,
      sInv: sent.sInv,
      zetaInv,
    },
    messages: sent,
  };
}

/**
 * The verifier of the original sketch, which does not open R: the degree check is left out. Uses the public tau in
 * place of a pairing.
 */
export function acceptsWithoutDegreeCheck(
  proof: NaiveProof,
  context: bigint,
  parameterCount: number,
): boolean {
  const { gram, commitments, dummyCommitment, gramHash, messages } = proof;
  const { outcomeWords } = messages;
  const all = [...commitments, dummyCommitment];
  const h0 = alphaChallenge({ context, parameterCount, commitments: all, gramHash, outcomeWords });
  const h1 = zetaChallenge(h0.hash, gram);
  const h2 = gammaChallenge(h1.hash, gram);
  const rr = mergeChallenge(h2.hash, gram).value;
  const [zeta, gamma, both] = [h1.value, h2.value, 1n + rr];
  const identity = gram.a * gram.aInv - gram.mu - zeta * gram.s - gram.zetaInv * gram.sInv;
  const left = combinePoints(
    [...all, BLINDING_BASE, gram.S, gram.W1, gram.W2, g1(1n)],
    [
      ...all.map((_, i) => scalarPower(h0.value, 1n << BigInt(i)) * both),
      -gram.rhoA * both,
      gamma * both,
      zeta,
      rr * gram.zetaInv,
      -(gram.a + gamma * gram.s + rr * (gram.aInv + gamma * gram.sInv)),
    ],
  );
  const right = combinePoints([gram.W1, gram.W2], [DEVELOPMENT_TAU, DEVELOPMENT_TAU * rr]);
  return identity % SCALAR_FIELD === 0n && left.x === right.x && left.y === right.y;
}
