import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEVELOPMENT_TAU_G2 } from "../../../services/adapters/curve/development-tau.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { openVerifierCurve } from "../../../services/adapters/curve/open-verifier-curve.ts";
import {
  BASE_FIELD,
  type Curve,
  type G1Point,
  INFINITY,
  type PointArithmetic,
  SCALAR_FIELD,
} from "../../../services/protocol/curve.ts";
import { BLINDING_BASE } from "../../../services/protocol/gram/blinding-base.ts";
import { gramMatrix, type SlotVector } from "../../../services/protocol/gram/gram-matrix.ts";
import { combinedSquare, slotWeights } from "../../../services/protocol/gram/gram-proof.ts";
import {
  type VerifyGramParameters,
  verifyGram,
} from "../../../services/protocol/gram/gram-verifier.ts";
import { proveGram } from "../../../services/protocol/gram/prove-gram.ts";
import { type Cheat, type CheatInput, cheat, commitVector } from "../cheating-prover.ts";
import { GRAM_CASES, gramVector, seededBytes, seededSlots, toVectorJson } from "../gram-cases.ts";
import {
  INDEPENDENT_H,
  type IndependentInput,
  verifyIndependently,
} from "../independent-verifier.ts";
import { twoSquares } from "../two-squares.ts";

const D = 40;
const CONTEXT = 0xc0ffeen;
type Statement = Omit<VerifyGramParameters, "curve">;

let curve: Curve & AsyncDisposable;
let verifier: PointArithmetic & AsyncDisposable;
let slots: readonly SlotVector[];
let honest: Awaited<ReturnType<typeof proveGram>> & Statement;

beforeAll(async () => {
  curve = await openCurve({ parameterCount: 256, threads: 1 });
  verifier = await openVerifierCurve();
  slots = seededSlots("gram-proof tests", 8, D, [6]);
  honest = await prove(slots);
});
afterAll(async () => {
  await curve[Symbol.asyncDispose]();
  await verifier[Symbol.asyncDispose]();
});

async function prove(vectors: readonly SlotVector[], commitments?: readonly G1Point[]) {
  const proven = await proveGram({
    curve,
    slots: vectors,
    blindings: vectors.map((_, i) => 1000n + BigInt(i)),
    ...(commitments ? { commitments } : {}),
    context: CONTEXT,
    parameterCount: D,
    terms: [3n],
    decide: () => [5n, 8n],
    randomBytes: seededBytes("prove"),
  });
  return { ...proven, context: CONTEXT, parameterCount: D };
}

/** Both verifiers, which must agree. */
async function isAccepted(statement: Statement): Promise<boolean> {
  const verdict = await verifyGram({ ...statement, curve: verifier });
  const independent = verifyIndependently(statement as IndependentInput, DEVELOPMENT_TAU_G2);
  expect(independent).toBe(verdict.isAccepted);
  return verdict.isAccepted;
}

describe("an honest proof", () => {
  test("is accepted by both verifiers, and mu is what the rule circuit computes", async () => {
    expect(await isAccepted(honest)).toBe(true);
    const weights = slotWeights(honest.alpha, 9);
    expect(combinedSquare(honest.gram, honest.dummyRow, weights)).toBe(honest.mu);
    expect(INDEPENDENT_H.toAffine()).toEqual(BLINDING_BASE);
  });

  test.each(GRAM_CASES.map((gramCase) => [gramCase.name, gramCase] as const))(
    "equals the shared vector to the last digit: %s",
    async (name, gramCase) => {
      const file = new URL("../../vectors/gram-proof.json", import.meta.url);
      const { cases } = JSON.parse(readFileSync(file, "utf8"));
      const stored = cases.find((item: { name: string }) => item.name === name);

      const fresh = await gramVector(curve, gramCase);

      expect(JSON.parse(toVectorJson(fresh))).toEqual(stored);
      const verdict = await verifyGram({
        ...fresh,
        outcomeWords: fresh.settlement.outcome,
        context: fresh.ctx,
        parameterCount: gramCase.parameterCount,
        curve: verifier,
      });
      expect(verdict).toEqual({ isAccepted: true, alpha: fresh.alpha, mu: fresh.proof.mu });
    },
  );

  test("hides behind fresh randomness: no message repeats from one attempt to the next", async () => {
    const random = seededBytes("two attempts");
    const attempt = () =>
      proveGram({
        curve,
        slots,
        blindings: slots.map(() => 5n),
        commitments: honest.commitments,
        context: CONTEXT,
        parameterCount: D,
        terms: [3n],
        decide: () => [5n, 8n],
        randomBytes: random,
      });
    const [first, second] = [await attempt(), await attempt()];

    const messages = ({ proof, dummyCommitment, gramHash }: typeof first) => [
      ...Object.values(proof).map((part) => (typeof part === "bigint" ? part : part.x)),
      dummyCommitment.x,
      gramHash,
    ];
    const seen = new Set(messages(first));
    expect(messages(second).filter((message) => seen.has(message))).toEqual([]);
  });

  test("by a plain bigint prover is accepted too", async () => {
    expect(await isAccepted(await cheat(cheatInput()))).toBe(true);
  });
});

/** The honest slots as field elements, for the prover that can cheat. */
function cheatInput(): CheatInput {
  const random = seededBytes("cheater");
  return {
    curve,
    vectors: slots.map((slot) =>
      Array.from(slot ?? [], (value) => (BigInt(value) + SCALAR_FIELD) % SCALAR_FIELD),
    ),
    blindings: slots.map((slot, i) => (slot ? 1000n + BigInt(i) : 0n)),
    dummy: Array.from({ length: 32 }, () =>
      random(31).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n),
    ),
    dummyBlinding: 31337n,
    gram: gramMatrix(slots),
    context: CONTEXT,
    parameterCount: D,
  };
}

const plusOne = (value: bigint) => (value + 1n) % SCALAR_FIELD;
const bump = (values: bigint[], at = 0) => values.with(at, plusOne(values[at] as bigint));
const raised = (gram: readonly (readonly bigint[])[], i: number, j: number) =>
  gram.map((row, r) =>
    row.map((entry, c) => ((r === i && c === j) || (r === j && c === i) ? entry + 1n : entry)),
  );

describe("an adaptive prover that changes one step and recomputes all later ones is rejected", () => {
  const cheats: [string, Cheat][] = [
    [
      "checklist 1: a Gram entry, with mu computed from the claim and a solved",
      { gram: (g) => raised(g, 3, 3), isMuFromClaim: true, solveFor: "a" },
    ],
    [
      "checklist 1: a Gram entry, with mu computed from the claim and aInv solved",
      { gram: (g) => raised(g, 0, 4), isMuFromClaim: true, solveFor: "aInv" },
    ],
    [
      "checklist 1: a Gram entry, with mu computed from the claim and s solved",
      { gram: (g) => raised(g, 1, 5), isMuFromClaim: true, solveFor: "s" },
    ],
    [
      "checklist 1: a Gram entry, with mu computed from the claim and nothing solved, so that S(1/zeta) comes out false",
      { gram: (g) => raised(g, 2, 2), isMuFromClaim: true },
    ],
    ["checklist 1: the Gram hash, replaced after alpha was drawn", { gramHashForAlpha: 7n }],
    [
      "checklist 3: an inactive slot that is given a norm",
      { gram: (g) => raised(g, 6, 6), isMuFromClaim: true },
    ],
    ["mu alone", { mu: plusOne }],
    ["mu, with s solved", { mu: plusOne, solveFor: "s" }],
    ["the blinding rhoA", { rhoA: plusOne }],
    ["one coefficient of A", { vectorA: (values) => bump(values, 3) }],
    [
      "one coefficient of A in front, with mu from the true vectors",
      { vectorA: (values) => bump(values), mu: (mu) => mu },
    ],
    ["one coefficient of S", { vectorS: (values) => bump(values, 5) }],
    ["one coefficient of S, with s solved", { vectorS: (values) => bump(values), solveFor: "s" }],
    ["one coefficient of R", { vectorR: (values) => bump(values, 7) }],
    ["R of another vector", { vectorR: (values) => values.toReversed() }],
    ["the opened a", { opened: (o) => ({ ...o, a: plusOne(o.a) }) }],
    ["the opened aInv", { opened: (o) => ({ ...o, aInv: plusOne(o.aInv) }) }],
    ["the opened s", { opened: (o) => ({ ...o, s: plusOne(o.s) }) }],
    [
      "the opened a and aInv with the same product",
      {
        opened: (o) => ({
          ...o,
          a: (o.a * 2n) % SCALAR_FIELD,
          aInv: (o.aInv * ((SCALAR_FIELD + 1n) / 2n)) % SCALAR_FIELD,
        }),
      },
    ],
    ["the quotient Q", { vectorQ: (values) => bump(values) }],
    ["the quotient Q, to infinity", { vectorQ: () => [0n] }],
    ["the quotient W", { vectorW: (values) => bump(values) }],
    ["the quotient W, to infinity", { vectorW: () => [0n] }],
    ["both quotients, to infinity", { vectorQ: () => [0n], vectorW: () => [0n] }],
    ["Q shifted to hide an error at a z drawn before it", { mu: plusOne, isZBeforeQ: true }],
  ];
  test.each(cheats)("%s", async (_, change) => {
    expect(await isAccepted(await cheat(cheatInput(), change))).toBe(false);
  });

  test("checklist 1: a claimed Gram entry with the true mu leaves the rule circuit without a witness", async () => {
    const proof = await cheat(cheatInput(), { gram: (gram) => raised(gram, 3, 3) });

    expect(await isAccepted(proof)).toBe(true);
    expect(proof.circuitMu).not.toBe(proof.proof.mu);
  });

  test("another coefficient than the committed one, and two trainers swapped inside the proof", async () => {
    const other = slots.map((slot) => slot?.slice() ?? null);
    (other[3] as Int16Array)[D - 1] = ((other[3] as Int16Array)[D - 1] as number) ^ 1;
    const swapped = slots.toSpliced(3, 2, slots[4] as SlotVector, slots[3] as SlotVector);

    expect(await isAccepted(await prove(other, honest.commitments))).toBe(false);
    expect(await isAccepted(await prove(swapped, honest.commitments))).toBe(false);
    expect(await isAccepted(await prove(slots, honest.commitments))).toBe(true);
  });
});

describe("the degree check", () => {
  /** Trainer 3 commits to values behind d that bring its squared norm to `target` modulo p. */
  async function tailInput(tail: readonly bigint[]): Promise<CheatInput> {
    const input = cheatInput();
    const vectors = input.vectors.map((vector, i) => (i === 3 ? [...vector, ...tail] : vector));
    const norm = vectors[3]?.reduce((sum, value) => sum + value * value, 0n) ?? 0n;
    const gram = input.gram.map((row, i) =>
      row.map((entry, j) => (i === 3 && j === 3 ? norm % SCALAR_FIELD : entry)),
    );
    return { ...input, vectors, gram };
  }

  test("rejects a tail behind d, proven over all or over the first d coefficients", async () => {
    const input = await tailInput([5n, 0n, 0n, 0n, 0n, 0n, 0n, 9n]);

    const whole = await cheat(input);
    const cut = await cheat(input, { vectorA: (values) => values.slice(0, D) });
    const padded = await cheat(input, { vectorR: (_, A) => A.toReversed() });

    expect(await isAccepted(whole)).toBe(false);
    expect(await isAccepted(cut)).toBe(false);
    expect(await isAccepted(padded)).toBe(false);
  });

  test("is what stops a norm cancelled in the tail: without it the same attack is accepted", async () => {
    const vector = cheatInput().vectors[3] as readonly bigint[];
    const norm = vector.reduce((sum, value) => sum + value * value, 0n);
    const claimed = 1000n;
    const input = await tailInput(twoSquares(claimed - norm));
    expect(input.gram[3]?.[3]).toBe(claimed);

    const without = await cheat(input, { withoutDegreeCheck: true });
    const withIt = await cheat(input);

    const options = { withoutDegreeCheck: true };
    expect(without.circuitMu).toBe(without.proof.mu);
    expect(verifyIndependently(without, DEVELOPMENT_TAU_G2, options)).toBe(true);
    expect(await isAccepted(without)).toBe(false);
    expect(await isAccepted(withIt)).toBe(false);
  });
});

describe("z after Q", () => {
  test("is what stops a Q that makes up for any error at z: with z drawn first, it proves any mu", async () => {
    const honestly = await cheat(cheatInput(), { isZBeforeQ: true });
    const forged = await cheat(cheatInput(), {
      gram: (gram) => raised(gram, 3, 3),
      isMuFromClaim: true,
      isZBeforeQ: true,
    });

    const options = { isZBeforeQ: true };
    expect(forged.circuitMu).toBe(forged.proof.mu);
    expect(verifyIndependently(honestly, DEVELOPMENT_TAU_G2, options)).toBe(true);
    expect(verifyIndependently(forged, DEVELOPMENT_TAU_G2, options)).toBe(true);
    expect(await isAccepted(forged)).toBe(false);
  });
});

describe("anything changed after proving is rejected", () => {
  const scalars = ["mu", "rhoA", "a", "aInv", "s"] as const;
  const points = ["S", "R", "Q", "W"] as const;
  const withProof = (part: object): Statement => ({
    ...honest,
    proof: { ...honest.proof, ...part },
  });
  const withCommitment = (i: number, point: G1Point): Statement => ({
    ...honest,
    commitments: honest.commitments.with(i, point),
  });

  test.each(scalars)("checklist 5: %s plus one, plus p, and negative", async (name) => {
    const value = honest.proof[name];
    expect(await isAccepted(withProof({ [name]: plusOne(value) }))).toBe(false);
    expect(await isAccepted(withProof({ [name]: value + SCALAR_FIELD }))).toBe(false);
    expect(await isAccepted(withProof({ [name]: value - SCALAR_FIELD }))).toBe(false);
  });

  test.each(points)(
    "checklist 4: %s negated, at infinity, off the curve, coordinates plus q",
    async (name) => {
      const { x, y } = honest.proof[name];
      for (const point of [
        { x, y: BASE_FIELD - y },
        INFINITY,
        { x, y: plusOne(y) },
        { x: x + BASE_FIELD, y },
        { x, y: y + BASE_FIELD },
      ]) {
        expect(await isAccepted(withProof({ [name]: point }))).toBe(false);
      }
    },
  );

  test("checklist 3: commitments replaced, swapped, dropped, added, deactivated, activated", async () => {
    const [c3, c4] = [honest.commitments[3], honest.commitments[4]] as [G1Point, G1Point];
    const statements = [
      withCommitment(3, c4),
      { ...honest, commitments: honest.commitments.with(3, c4).with(4, c3) },
      { ...honest, commitments: honest.commitments.slice(0, 7) },
      { ...honest, commitments: [...honest.commitments, c3] },
      withCommitment(3, INFINITY),
      withCommitment(6, c3),
    ];
    for (const statement of statements) {
      expect((await verifyGram({ ...statement, curve: verifier })).isAccepted).toBe(false);
    }
  });

  test("checklist 4: a commitment off the curve, or with a coordinate plus q", async () => {
    const { x, y } = honest.commitments[3] as G1Point;
    expect(await isAccepted(withCommitment(3, { x, y: plusOne(y) }))).toBe(false);
    expect(await isAccepted(withCommitment(3, { x: x + BASE_FIELD, y }))).toBe(false);
    expect(await isAccepted(withCommitment(3, { x, y: y + BASE_FIELD }))).toBe(false);
  });

  test("checklist 2: another context, parameter count, dummy, Gram hash or outcome", async () => {
    const changed: Partial<Statement>[] = [
      { context: CONTEXT + 1n },
      { parameterCount: D + 1 },
      { parameterCount: D - 1 },
      { dummyCommitment: honest.commitments[0] as G1Point },
      { dummyCommitment: INFINITY },
      { gramHash: plusOne(honest.gramHash) },
      { gramHash: honest.gramHash + SCALAR_FIELD },
      { outcomeWords: [5n, 9n] },
      { outcomeWords: [5n + SCALAR_FIELD, 8n] },
      { outcomeWords: [5n] },
    ];
    for (const change of changed) expect(await isAccepted({ ...honest, ...change })).toBe(false);
  });

  test("a context of more than 256 bits is rejected, not thrown", async () => {
    const verdict = await verifyGram({ ...honest, context: 1n << 256n, curve: verifier });
    expect(verdict).toEqual({ isAccepted: false, reason: "context" });
  });
});

test("fuzz: random proofs are rejected without an exception", async () => {
  const coordinate = fc.bigInt({ min: -1n, max: 1n << 256n });
  const point = fc.oneof(
    fc.record({ x: coordinate, y: coordinate }),
    fc.constantFrom(INFINITY, BLINDING_BASE, { x: 1n, y: 2n }),
  );
  const scalar = fc.oneof(fc.bigInt({ min: 0n, max: SCALAR_FIELD - 1n }), coordinate);
  const proof = fc.record({
    S: point,
    R: point,
    Q: point,
    W: point,
    mu: scalar,
    rhoA: scalar,
    a: scalar,
    aInv: scalar,
    s: scalar,
  });
  await fc.assert(
    fc.asyncProperty(
      proof,
      fc.array(point, { maxLength: 9 }),
      scalar,
      async (random, list, hash) => {
        const mixed = { ...honest, commitments: list.length === 8 ? list : honest.commitments };
        const verdict = await verifyGram({
          ...mixed,
          proof: random,
          gramHash: hash,
          curve: verifier,
        });
        expect(verdict.isAccepted).toBe(false);
      },
    ),
    { numRuns: 300, seed: 7 },
  );
});

describe("proveGram refuses", () => {
  const attempt = (change: object) =>
    proveGram({
      curve,
      slots,
      blindings: slots.map(() => 1n),
      context: CONTEXT,
      parameterCount: D,
      terms: [],
      decide: () => [],
      randomBytes: seededBytes("refuse"),
      ...change,
    });

  test("a number of slots without a circuit", async () => {
    await expect(attempt({ slots: slots.slice(1) })).rejects.toMatchObject({ code: "CW1600" });
  });

  test("slots of the wrong length or width, and lists that do not fit", async () => {
    const wide = Int32Array.from({ length: D }, () => 1);
    for (const change of [
      { slots: slots.with(3, new Int16Array(D - 1)) },
      { slots: slots.with(3, wide) },
      { slots: slots.with(2, wide.with(4, 2 ** 30)) },
      { blindings: [] },
      { commitments: [] },
    ]) {
      await expect(attempt(change)).rejects.toMatchObject({ code: "CW1601" });
    }
  });

  test("a model smaller than the mask", async () => {
    await expect(
      attempt({ slots: slots.map(() => null), parameterCount: 31 }),
    ).rejects.toMatchObject({ code: "CW1602" });
  });

  test("to go on after an abort, with the signal's reason", async () => {
    const reason = new Error("stop");
    await expect(attempt({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test("commitments are additive, so that the chain can compute the next model's", async () => {
  const vectors = [slots[3], slots[4]].map((slot) => Array.from(slot as Int16Array, BigInt));
  const [left, right] = vectors as [bigint[], bigint[]];
  const sum = left.map((value, j) => 3n * value + 1021n * (right[j] as bigint));

  const expected = await commitVector(
    curve,
    sum.map((v) => (v + SCALAR_FIELD) % SCALAR_FIELD),
    3n * 1003n + 1021n * 1004n,
  );
  const combined = await curve.linearCombination(
    [honest.commitments[3] as G1Point, honest.commitments[4] as G1Point],
    [3n, 1021n],
  );

  expect(combined).toEqual(expected);
});
