import { DEVELOPMENT_TAU } from "../../services/adapters/curve/development-tau.ts";
import { type G1Point, INFINITY } from "../../services/protocol/curve.ts";
import { BLINDING_BASE } from "../../services/protocol/gram/blinding-base.ts";
import type { GramProof } from "../../services/protocol/gram/gram-proof.ts";
import {
  alphaChallenge,
  gammaChallenge,
  keccakWords,
  zChallenge,
  zetaChallenge,
} from "../../services/protocol/gram/transcript.ts";
import { scalarInverse, scalarPower, toScalar } from "../../services/protocol/scalar.ts";
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
  a: bigint;
  aInv: bigint;
  s: bigint;
  gamma: bigint;
  /** The hash that z is drawn from, together with Q. */
  h2: bigint;
  Q: G1Point;
  z: bigint;
  W: G1Point;
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
  /** False leaves R out of the opening, for `acceptsWithout("degree check")`. */
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
  const zetaInv = scalarInverse(zeta);
  send("a", evaluate(a, zeta));
  send("aInv", evaluate(a, zetaInv));
  send("s", evaluate(sPolynomial, zeta));
  const h2 = gammaChallenge(h1.hash, sent);
  const gamma = send("gamma", h2.value);
  send("h2", h2.hash);
  const rWeight = input.isDegreeProven === false ? 0n : gamma * gamma;
  // A + gamma S + gamma^2 (zeta X - 1) R. What is claimed of the values is in the remainder only, which the division drops.
  const rTimesLine = addUp([rPolynomial, [0n, ...rPolynomial]], [-1n, zeta]);
  const opened = addUp([a, sPolynomial, rTimesLine], [1n, gamma, rWeight]);
  const byBoth = addUp([quotient(quotient(opened, zeta), zetaInv)], [zetaInv]);
  send("Q", commitPolynomial(byBoth, 0n));
  const z = send("z", zChallenge(h2.hash, sent).value);
  const m = zeta * z - 1n;
  const atZ = addUp(
    [a, sPolynomial, rPolynomial, byBoth],
    [1n, gamma, rWeight * m, (zeta - z) * m],
  );
  send("W", commitPolynomial(quotient(atZ, z), 0n));

  const { mu, rhoA, S, R, Q, W } = sent;
  return {
    commitments: commitments.slice(0, -1),
    dummyCommitment: commitments.at(-1) ?? INFINITY,
    gramHash,
    gram: { S, R, Q, W, mu, rhoA, a: sent.a, aInv: sent.aInv, s: sent.s },
    messages: sent,
  };
}

/** A z that a prover can know before it sends Q, for `acceptsWithout("Q before z")`. */
export const earlyZ = (h2: bigint): bigint => toScalar(keccakWords([h2]));

/**
 * A verifier that leaves one part out: it does not open R, or draws z before Q is fixed. Shows the attack that this part is there
 * for. Uses the public tau in place of a pairing, and an inverse where the others avoid one.
 */
export function acceptsWithout(
  leftOut: "nothing" | "degree check" | "Q before z",
  proof: NaiveProof,
  { context, parameterCount }: { readonly context: bigint; readonly parameterCount: number },
): boolean {
  const { gram, commitments, dummyCommitment, gramHash, messages } = proof;
  const { outcomeWords } = messages;
  const all = [...commitments, dummyCommitment];
  const h0 = alphaChallenge({ context, parameterCount, commitments: all, gramHash, outcomeWords });
  const h1 = zetaChallenge(h0.hash, gram);
  const h2 = gammaChallenge(h1.hash, gram);
  const z = leftOut === "Q before z" ? earlyZ(h2.hash) : zChallenge(h2.hash, gram).value;
  const [zeta, gamma] = [h1.value, h2.value];
  const zetaInv = scalarInverse(zeta);
  const sInv = (gram.a * gram.aInv - gram.mu - zeta * gram.s) * zeta;
  const [first, second] = [gram.a + gamma * gram.s, gram.aInv + gamma * sInv];
  const slope = (second - first) * scalarInverse(toScalar(zetaInv - zeta));
  const m = zeta * z - 1n;
  const rWeight = leftOut === "degree check" ? 0n : gamma * gamma * m;
  const r = scalarPower(zeta, BigInt(parameterCount - 1)) * gram.aInv;
  const left = combinePoints(
    [...all, BLINDING_BASE, gram.S, gram.R, gram.Q, g1(1n)],
    [
      ...all.map((_, i) => scalarPower(h0.value, 1n << BigInt(i))),
      -gram.rhoA,
      gamma,
      rWeight,
      (zeta - z) * m,
      -(first + slope * (z - zeta) + rWeight * r),
    ],
  );
  const right = combinePoints([gram.W], [DEVELOPMENT_TAU - z]);
  return left.x === right.x && left.y === right.y;
}
