import { wtns } from "snarkjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCircuitArtifacts } from "../../services/adapters/artifacts/circuit-artifacts.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { type Curve, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import type { GramMatrix } from "../../services/protocol/gram/gram-matrix.ts";
import { verifyGram } from "../../services/protocol/gram/gram-verifier.ts";
import { quantiseUpdate } from "../../services/protocol/model/fixed-point.ts";
import { packOutcome, packTerms } from "../../services/protocol/round/public-signals.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";
import { scalarInverse, toScalar } from "../../services/protocol/scalar.ts";
import { ruleInput, ruleSignals } from "../circuits/rule-vectors.ts";
import { cheat } from "./cheating-prover.ts";
import { seededBytes } from "./gram-cases.ts";
import { squareRoot, twoSquares } from "./two-squares.ts";

/**
 * The wrap-around collusion: the Gram matrix is known modulo the field's order only, so a trainer may commit to entries that are no
 * integers and bring the square of any vector to any number. An honest aggregator sees it; one that colludes proves it. What stops it
 * are the ranges of all inner products, together with noise that nobody knows when the commitments are made.
 */
const D = 40;
/** Coordinates in which an honest training changes nothing: a border pixel, an unused embedding. */
const DEAD = 8;
const TRAINERS = 5;
const CHEATER = 3;
/** How much longer than an honest update the cheater's is. */
const BOOST = 40n;

const terms = {
  slotCount: 8,
  active: [true, true, false, true, true, true, true, true],
  normBoundSquared: (1n << 54n) - 1n,
  parameterA: 0,
  parameterB: 0,
  baseWeights: [100, 100, 100, 100, 100],
};

/** Reference, pay gradient and honest trainers: a common direction with noise, and dither where there is nothing to learn. */
function honestVectors(ditherBits: number, name = "wrap-around"): bigint[][] {
  const bytes = seededBytes(name);
  return Array.from({ length: 2 + TRAINERS + 1 }, (_, slot) => {
    const noise = bytes(D);
    const values = Float64Array.from({ length: D }, (_, j) =>
      j < D - DEAD ? 60 + (noise[j] as number) / 16 : 0,
    );
    const { entries } = quantiseUpdate({ values, fractionBits: 8, ditherBits, randomBytes: bytes });
    return slot === 2 ? new Array<bigint>(D).fill(0n) : Array.from(entries, BigInt);
  });
}

const dot = (left: readonly bigint[], right: readonly bigint[]) =>
  left.reduce((sum, value, j) => sum + value * (right[j] as bigint), 0n);

/** The least absolute number that is the same modulo the field's order. */
function centred(value: bigint): bigint {
  const scalar = toScalar(value);
  return scalar > SCALAR_FIELD / 2n ? scalar - SCALAR_FIELD : scalar;
}

/** The matrix that a proof can be made for: products modulo the field's order. */
const provable = (vectors: readonly bigint[][]): GramMatrix =>
  vectors.map((left) => vectors.map((right) => centred(dot(left, right))));

/** The cheater's vector: `BOOST` times an honest one, its square brought back to an honest one's by what is put in the dead places. */
function forged(vectors: readonly bigint[][], filling: (square: bigint) => bigint[]): bigint[][] {
  const honest = vectors[CHEATER] as bigint[];
  const alive = honest.slice(0, D - DEAD).map((value) => BOOST * value);
  const wanted = toScalar(dot(honest, honest) - dot(alive, alive));
  return vectors.with(CHEATER, [...alive, ...filling(wanted)]);
}

const twoEntries = (square: bigint) => [
  ...twoSquares(square),
  ...new Array<bigint>(DEAD - 2).fill(0n),
];

let wasm: Uint8Array;
let curve: Curve & AsyncDisposable;
beforeAll(async () => {
  ({ wasm } = await readCircuitArtifacts(1, 8));
  curve = await openCurve({ parameterCount: 64, threads: 1 });
});
afterAll(async () => {
  await curve[Symbol.asyncDispose]();
});

/** What the rule circuit proves about a matrix; throws when it has no witness. */
async function provenOutcome(gram: GramMatrix, own = terms) {
  const file = { type: "mem" as const, data: new Uint8Array() };
  const decided = { gram, termsWords: packTerms(own) };
  await wtns.calculate({ ...ruleInput(decided) }, wasm, file);
  const witness = (await wtns.exportJson(file)) as bigint[];
  const outcome = trustRule.evaluate({ terms: own, gram });
  expect(witness.slice(1, 4)).toEqual(ruleSignals(decided, packOutcome(outcome)));
  return outcome;
}

async function isGramProofAccepted(vectors: readonly bigint[][]): Promise<boolean> {
  const proof = await cheat({
    curve,
    vectors: vectors.map((vector) => vector.map(toScalar)),
    blindings: vectors.map((_, slot) => (slot === 2 ? 0n : 100n + BigInt(slot))),
    dummy: Array.from({ length: 32 }, (_, j) => BigInt(j + 1) ** 40n % SCALAR_FIELD),
    dummyBlinding: 5n,
    gram: provable(vectors),
    context: 7n,
    parameterCount: D,
  });
  expect(proof.circuitMu).toBe(proof.proof.mu);
  return (await verifyGram({ ...proof, curve })).isAccepted;
}

describe("entries that wrap around", () => {
  test("without dither, at coordinates where all others are zero: the forged norm is proven and best paid", async () => {
    const vectors = forged(honestVectors(0), twoEntries);
    const honest = await provenOutcome(provable(honestVectors(0)));
    const { verdicts, shares } = await provenOutcome(provable(vectors));

    expect(await isGramProofAccepted(vectors)).toBe(true);
    expect(verdicts[0]).toBe("accepted");
    expect(shares[0]).toBeGreaterThan(2 * (honest.shares[0] as number));
  });

  test("without the forged entries the same boost is too large", async () => {
    const vectors = forged(honestVectors(0), () => new Array<bigint>(DEAD).fill(0n));

    expect((await provenOutcome(provable(vectors))).verdicts[0]).toBe("too-large");
  });

  test("with dither the products with the others leave their ranges: no witness, nothing to settle with", async () => {
    const vectors = forged(honestVectors(4), twoEntries);

    expect(await isGramProofAccepted(vectors)).toBe(true);
    await expect(provenOutcome(provable(vectors))).rejects.toThrow(/Assert/);
  });

  test("the dither of other trainers counts, not only that of the owner's reference and pay gradient", async () => {
    // The owner's vectors leak, and the cheater puts its entries where these are zero.
    const leaked = honestVectors(4).map((vector, slot) =>
      slot < 2 ? vector.map((value, j) => (j < D - DEAD ? value : 0n)) : vector,
    );
    const gram = provable(forged(leaked, twoEntries));

    expect(gram[0]?.[CHEATER]).toBeLessThan(1n << 54n);
    await expect(provenOutcome(gram)).rejects.toThrow(/Assert/);
  });

  test("an aggregator that leaves honest trainers out takes their dither away, as far as the least number of trainers lets it", async () => {
    // The cheater has put one entry into a place before anybody could be read: of many rounds, one in which r and g are zero there.
    const place = D - DEAD;
    const oneEntry = (square: bigint) => [
      squareRoot(square) as bigint,
      ...new Array<bigint>(DEAD - 1).fill(0n),
    ];
    const isLucky = (vectors: readonly bigint[][]) => {
      const honest = vectors[CHEATER] as bigint[];
      const alive = honest.slice(0, place).map((value) => BOOST * value);
      const wanted = toScalar(dot(honest, honest) - dot(alive, alive));
      const isZero = [0, 1].every((slot) => vectors[slot]?.[place] === 0n);
      return isZero && squareRoot(wanted) !== null;
    };
    const rounds = Array.from({ length: 2048 }, (_, i) => honestVectors(4, `left out ${i}`));
    const lucky = rounds.filter(isLucky);
    // 2^-8 for the two of the owner's, and every second number has a root.
    expect(lucky.length).toBeGreaterThan(0);
    expect(lucky.length).toBeLessThan(16);
    const [found] = lucky as [bigint[][]];
    // Two more are in league with it and send nothing in that place; the last two are honest.
    const helped = found.map((vector, slot) =>
      slot === 4 || slot === 5 ? vector.with(place, 0n) : vector,
    );
    const vectors = forged(helped, oneEntry);
    await expect(provenOutcome(provable(vectors))).rejects.toThrow(/Assert/);

    const leftOut = vectors.map((vector, slot) =>
      slot < 6 ? vector : new Array<bigint>(D).fill(0n),
    );
    const active = terms.active.map((isActive, slot) => isActive && slot < 6);
    const baseWeights = [100, 100, 100, 0, 0];
    const own = { ...terms, active, baseWeights };
    expect((await provenOutcome(provable(leftOut), own)).verdicts[0]).toBe("accepted");
  });

  test("whoever reads the others before it commits needs no dead coordinate: commit first, reveal later", async () => {
    const vectors = honestVectors(4);
    const others = vectors.filter((_, slot) => slot !== 2 && slot !== CHEATER);
    const visible = others.map((vector) => vector.slice(D - DEAD));
    const gram = provable(forged(vectors, (square) => orthogonalTo(visible, square)));

    expect((await provenOutcome(gram)).verdicts[0]).toBe("accepted");
  });
});

test("a forged entry survives b bits of dither of H trainers in about one of 2^(b H) rounds", () => {
  const rounds = 4096;
  for (const [ditherBits, trainers] of [
    [1, 1],
    [1, 3],
    [2, 2],
    [4, 1],
  ] as const) {
    const bytes = seededBytes(`dither ${ditherBits} ${trainers}`);
    const draws = Array.from({ length: trainers }, () =>
      quantiseUpdate({
        values: new Float64Array(rounds),
        fractionBits: 8,
        ditherBits,
        randomBytes: bytes,
      }),
    );
    // x * d is small for an x that is no small fraction only if d is zero, for every trainer.
    const survived = Array.from({ length: rounds }, (_, round) =>
      draws.every(({ entries }) => entries[round] === 0),
    ).filter(Boolean).length;
    const expected = rounds / 2 ** (ditherBits * trainers);

    expect(Math.abs(survived - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
});

/** A vector of a given square, modulo the field's order, that is orthogonal to all the rows: linear algebra, then a square root. */
function orthogonalTo(rows: readonly (readonly bigint[])[], square: bigint): bigint[] {
  const width = (rows[0] as readonly bigint[]).length;
  for (let free = 1n; ; free++) {
    const solution = nullVector(rows, width, free);
    const root = squareRoot(toScalar(square * scalarInverse(toScalar(dot(solution, solution)))));
    if (root !== null) return solution.map((value) => toScalar(value * root));
  }
}

/** A vector that all rows map to zero; `free` chooses among many. Gauss and Jordan. */
function nullVector(rows: readonly (readonly bigint[])[], width: number, free: bigint): bigint[] {
  const matrix = rows.map((row) => row.map(toScalar));
  const pivots: number[] = [];
  for (let column = 0; column < width && pivots.length < matrix.length; column++) {
    const at = matrix.findIndex((row, i) => i >= pivots.length && row[column] !== 0n);
    if (at < 0) continue;
    const top = pivots.length;
    [matrix[top], matrix[at]] = [matrix[at] as bigint[], matrix[top] as bigint[]];
    const inverse = scalarInverse((matrix[top] as bigint[])[column] as bigint);
    matrix[top] = (matrix[top] as bigint[]).map((value) => toScalar(value * inverse));
    matrix.forEach((row, i) => {
      const factor = row[column] as bigint;
      if (i === top || factor === 0n) return;
      matrix[i] = row.map((value, j) =>
        toScalar(value - factor * ((matrix[top] as bigint[])[j] as bigint)),
      );
    });
    pivots.push(column);
  }
  const solution = Array.from({ length: width }, (_, j) =>
    pivots.includes(j) ? 0n : free + BigInt(j),
  );
  pivots.forEach((column, i) => {
    solution[column] = toScalar(-dot(matrix[i] as bigint[], solution.with(column, 0n)));
  });
  return solution;
}
