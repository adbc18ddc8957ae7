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
  readonly proof: Record<"S" | "R" | "W1" | "W2", Point> &
    Record<"mu" | "rhoA" | "a" | "aInv" | "s" | "sInv" | "zetaInv", bigint>;
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
 * Verifies as `verifyGram` should. `withoutDegreeCheck` leaves R out of the batched opening, as the first sketch of the
 * protocol did; the tests use it to show the attack that made R necessary.
 */
export function verifyIndependently(
  input: IndependentInput,
  tauG2: { readonly x: readonly [bigint, bigint]; readonly y: readonly [bigint, bigint] },
  options: { readonly withoutDegreeCheck?: boolean } = {},
): boolean {
  const { proof, commitments, parameterCount: d } = input;
  const { mu, rhoA, a, aInv, s, sInv, zetaInv } = proof;
  const scalars = [mu, rhoA, a, aInv, s, sInv, zetaInv, input.gramHash, ...input.outcomeWords];
  if (scalars.some((v) => v < 0n || v >= Fr.ORDER)) {
    return false;
  }
  let points: ReturnType<typeof toPoint>[];
  let others: Record<"S" | "R" | "W1" | "W2", ReturnType<typeof toPoint>>;
  try {
    points = [...commitments, input.dummyCommitment].map(toPoint);
    others = {
      S: toPoint(proof.S),
      R: toPoint(proof.R),
      W1: toPoint(proof.W1),
      W2: toPoint(proof.W2),
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
  const { S, R, W1, W2 } = proof;
  const h1 = keccak([h0, mu, rhoA, S.x, S.y, R.x, R.y]);
  const h2 = keccak([h1, a, aInv, s, sInv]);
  const h3 = keccak([h2, W1.x, W1.y, W2.x, W2.y]);
  const [alpha, zeta, gamma, rr] = [h0, h1, h2, h3].map((h) => Fr.create(h)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  if (alpha === 0n || Fr.mul(zeta, zetaInv) !== 1n) return false;
  if (Fr.mul(a, aInv) !== Fr.create(mu + zeta * s + zetaInv * sInv)) return false;

  // [A - a + gamma (S - s) + gamma^2 (R - r)] = (tau - zeta) W1 and [A - a' + gamma (S - s')] = (tau - 1/zeta) W2.
  let A = times(INDEPENDENT_H, -rhoA);
  points.forEach((point, i) => {
    A = A.add(times(point, Fr.pow(alpha, 2n ** BigInt(i))));
  });
  const gammaR = options.withoutDegreeCheck ? 0n : Fr.mul(gamma, gamma);
  const r = Fr.mul(Fr.pow(zeta, BigInt(d - 1)), aInv);
  const first = A.add(times(others.S, gamma))
    .add(times(others.R, gammaR))
    .add(times(G1.BASE, -(a + gamma * s + gammaR * r)));
  const second = A.add(times(others.S, gamma)).add(times(G1.BASE, -(aInv + gamma * sInv)));
  const left = first
    .add(times(others.W1, zeta))
    .add(times(second.add(times(others.W2, zetaInv)), rr));
  const right = others.W1.add(times(others.W2, rr));
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
