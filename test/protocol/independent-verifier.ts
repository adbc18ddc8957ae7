// A second verifier, written from the equations of docs/proof.md on other libraries: no import from services/.
import { bn254 } from "@noble/curves/bn254.js";
import { AbiCoder, keccak256, toUtf8Bytes } from "ethers";

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** The statement and proof, in the names of the wire format. */
export interface IndependentInput {
  readonly context: bigint;
  readonly parameterCount: number;
  readonly commitments: readonly Point[];
  readonly dummyCommitment: Point;
  readonly gramHash: bigint;
  readonly outcomeWords: readonly bigint[];
  readonly proof: Record<"S" | "R" | "Q" | "W", Point> &
    Record<"mu" | "rhoA" | "a" | "aInv" | "s", bigint>;
}

const { Point: G1 } = bn254.G1;
const { Point: G2 } = bn254.G2;
const { Fp, Fr, Fp12 } = bn254.fields;

function keccak(words: readonly bigint[]): bigint {
  const types = words.map(() => "uint256");
  return BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(types, [...words])));
}

function hashToCurve(seed: string) {
  for (let counter = 0; ; counter++) {
    const suffix = counter.toString(16).padStart(8, "0");
    const hash = keccak256(`0x${Buffer.from(toUtf8Bytes(seed)).toString("hex")}${suffix}`);
    const x = Fp.create(BigInt(hash));
    try {
      const root = Fp.sqrt(Fp.add(Fp.pow(x, 3n), 3n));
      return G1.fromAffine({ x, y: root > (Fp.ORDER - 1n) / 2n ? Fp.neg(root) : root });
    } catch {
      // No point has this x.
    }
  }
}

/** H, computed anew. */
export const INDEPENDENT_H = hashToCurve("commonweight/H/v1");

function toPoint({ x, y }: Point) {
  if (x === 0n && y === 0n) return G1.ZERO;
  if (x >= Fp.ORDER || y >= Fp.ORDER) throw new Error("coordinate beyond q");
  const point = G1.fromAffine({ x, y });
  point.assertValidity();
  return point;
}

function times(point: ReturnType<typeof toPoint>, scalar: bigint) {
  const reduced = Fr.create(scalar);
  return reduced === 0n || point.is0() ? G1.ZERO : point.multiply(reduced);
}

/**
 * Verifies as `verifyGram` should. The options leave out one part of the protocol each, so that the tests can show the attack which
 * that part is there for: `withoutDegreeCheck` leaves R out of the opening, `isZBeforeQ` draws z before Q is fixed.
 */
export function verifyIndependently(
  input: IndependentInput,
  tauG2: { readonly x: readonly [bigint, bigint]; readonly y: readonly [bigint, bigint] },
  options: { readonly withoutDegreeCheck?: boolean; readonly isZBeforeQ?: boolean } = {},
): boolean {
  const { proof, commitments, parameterCount: d } = input;
  const { mu, rhoA, a, aInv, s } = proof;
  const scalars = [mu, rhoA, a, aInv, s, input.gramHash, ...input.outcomeWords];
  if (scalars.some((v) => v < 0n || v >= Fr.ORDER)) {
    return false;
  }
  let points: ReturnType<typeof toPoint>[];
  let others: Record<"S" | "R" | "Q" | "W", ReturnType<typeof toPoint>>;
  try {
    points = [...commitments, input.dummyCommitment].map(toPoint);
    others = {
      S: toPoint(proof.S),
      R: toPoint(proof.R),
      Q: toPoint(proof.Q),
      W: toPoint(proof.W),
    };
  } catch {
    return false;
  }
  const coordinates = [...commitments, input.dummyCommitment].flatMap(({ x, y }) => [x, y]);
  const h0 = keccak([
    input.context,
    BigInt(points.length),
    BigInt(d),
    ...coordinates,
    input.gramHash,
    ...input.outcomeWords,
  ]);
  const { S, R, Q } = proof;
  const h1 = keccak([h0, mu, rhoA, S.x, S.y, R.x, R.y]);
  const h2 = keccak([h1, a, aInv, s]);
  const h3 = keccak(options.isZBeforeQ ? [h2] : [h2, Q.x, Q.y]);
  const [alpha, zeta, gamma, z] = [h0, h1, h2, h3].map((h) => Fr.create(h)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  if (alpha === 0n || zeta === 0n || Fr.sqr(zeta) === 1n) return false;
  const zetaInv = Fr.inv(zeta);
  // a a' = mu + zeta s + s' / zeta leaves one s'.
  const sInv = Fr.create(zeta * (a * aInv - mu - zeta * s));
  /** The line through the two opened values of one polynomial, at z. */
  const lineAtZ = (atZeta: bigint, atInverse: bigint) => {
    const slope = Fr.div(Fr.sub(atInverse, atZeta), Fr.sub(zetaInv, zeta));
    return Fr.create(atZeta + slope * (z - zeta));
  };

  // [(A - r_A(z)) + gamma (S - r_S(z)) + gamma^2 (zeta z - 1)(R - r) - (z - zeta)(zeta z - 1) Q] = (tau - z) W.
  let A = times(INDEPENDENT_H, -rhoA);
  points.forEach((point, i) => {
    A = A.add(times(point, Fr.pow(alpha, 2n ** BigInt(i))));
  });
  const gammaR = options.withoutDegreeCheck ? 0n : Fr.create(gamma * gamma * (zeta * z - 1n));
  const r = Fr.mul(Fr.pow(zeta, BigInt(d - 1)), aInv);
  const opened = lineAtZ(a, aInv) + gamma * lineAtZ(s, sInv) + gammaR * r;
  const L = A.add(times(others.S, gamma))
    .add(times(others.R, gammaR))
    .add(times(others.Q, -(z - zeta) * (zeta * z - 1n)))
    .add(times(G1.BASE, -opened));
  const left = L.add(times(others.W, z));
  const right = others.W;
  const tau = G2.fromAffine({
    x: { c0: tauG2.x[0], c1: tauG2.x[1] } as never,
    y: { c0: tauG2.y[0], c1: tauG2.y[1] } as never,
  });
  const pairs = [
    { g1: left, g2: G2.BASE },
    { g1: right.negate(), g2: tau },
  ].filter(({ g1 }) => !g1.is0());
  return pairs.length === 0 || Fp12.eql(bn254.pairingBatch(pairs), Fp12.ONE);
}
