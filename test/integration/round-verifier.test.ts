import { readFileSync } from "node:fs";
import { bn254 } from "@noble/curves/bn254.js";
import type { Contract } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openVerifierCurve } from "../../services/adapters/curve/open-verifier-curve.ts";
import { BASE_FIELD, type G1Point, INFINITY, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { verifyGram } from "../../services/protocol/gram/gram-verifier.ts";
import { alphaChallenge, contextHash } from "../../services/protocol/gram/transcript.ts";
import type { RoundProof } from "../../services/protocol/round/settlement.ts";
import {
  askVerifier,
  COMPILE_TIMEOUT_MS,
  openVerifierChain,
  type Verdict,
  type VerifierChain,
} from "./round-verifier-chain.ts";
import { settleNaively } from "./settle-naively.ts";
import {
  combinePoints,
  DEVELOPMENT_TAU_G2,
  keyOf,
  publicSignals,
  type RoundStatement,
  VERIFIER_KEYS,
  type VerifiedRound,
  vectorRounds,
} from "./verifier-rounds.ts";
import { roundVerifierVectors } from "./verifier-vectors.ts";

const SLOTS = [8, 16] as const;
const GENERATOR: G1Point = { x: 1n, y: 2n };

let chain: VerifierChain;
let verifier: Contract;
const rounds = vectorRounds();

beforeAll(async () => {
  chain = await openVerifierChain();
  verifier = await chain.deployVerifier({ tauG2: DEVELOPMENT_TAU_G2, keys: VERIFIER_KEYS });
}, COMPILE_TIMEOUT_MS);

afterAll(() => chain.close());

/** A round of gram-proof.json with all slots active. */
function honestRound(slots: number): VerifiedRound {
  const round = rounds.find(({ statement }) => statement.slots === BigInt(slots));
  if (!round) throw new TypeError(`no vector with ${slots} slots`);
  return round;
}

function ask(statement: RoundStatement, proof: RoundProof): Promise<Verdict> {
  return askVerifier(chain, verifier, statement, proof);
}

/** The error's name, or "accepted". */
function nameOf(verdict: Verdict): string {
  return "error" in verdict ? verdict.error : "accepted";
}

function replaceAt<Item>(
  list: readonly Item[],
  index: number,
  change: (item: Item) => Item,
): Item[] {
  return list.map((item, i) => (i === index ? change(item) : item));
}

it("keeps its vectors file up to date", () => {
  const file = readFileSync(new URL("../vectors/round-verifier.json", import.meta.url), "utf8");
  // Not `toBe`: the difference of two files of 50 kB helps nobody. `write-round-verifier.ts` writes it anew.
  expect(roundVerifierVectors() === file).toBe(true);
});

describe("accepts", () => {
  it.each(rounds)("our prover's round: $name", async (round) => {
    const verdict = await ask(round.statement, round.proof);

    if ("error" in verdict) throw new Error(verdict.error);
    const { outcome } = verdict;
    expect(outcome.shares.map(Number)).toEqual(round.shares);
    expect(outcome.weights.map(Number)).toEqual(round.weights);
    expect(outcome.verdicts.map(Number)).toEqual(round.verdicts);
    expect(outcome.isVoid).toBe(false);
    expect(outcome.newModelCommitment.toObject()).toEqual(round.newModelCommitment);
  });

  it.each(SLOTS)("an independent prover's round with %i slots", async (slots) => {
    const { statement, proof } = settleNaively({ slots, inactive: [2, 6] });

    expect(nameOf(await ask(statement, proof))).toBe("accepted");
  });

  it.each(SLOTS)("a void round with %i slots, and keeps the model", async (slots) => {
    const round = settleNaively({ slots, weights: new Array(slots).fill(0n) });

    const verdict = await ask(round.statement, round.proof);

    if ("error" in verdict) throw new Error(verdict.error);
    expect(verdict.outcome.isVoid).toBe(true);
    expect(verdict.outcome.newModelCommitment.toObject()).toEqual(round.statement.modelCommitment);
    expect(verdict.outcome.aggregateCommitment.toObject()).toEqual(INFINITY);
  });

  it.each(SLOTS)(
    "Groth16's own malleability with %i slots: it proves the same statement",
    async (slots) => {
      const { statement, proof } = honestRound(slots);
      const { Point } = bn254.G1;
      const point = Point.fromAffine({ x: proof.groth16[0] ?? 0n, y: proof.groth16[1] ?? 0n });
      const negatedA = point.negate().toAffine();
      // (A, B) and (-A, -B) have the same pairing.
      const negatedB = [proof.groth16[2], proof.groth16[3]];
      const yB = [proof.groth16[4], proof.groth16[5]].map((y) => BASE_FIELD - (y ?? 0n));
      const groth16 = [
        negatedA.x,
        negatedA.y,
        ...negatedB,
        ...yB,
        ...proof.groth16.slice(6),
      ] as bigint[];

      expect(nameOf(await ask(statement, { ...proof, groth16 }))).toBe("accepted");
    },
  );
});

describe.each(SLOTS)("rejects, with %i slots,", (slots) => {
  const scalars = ["mu", "rhoA", "a", "aInv", "s"] as const;
  const points = ["S", "R", "Q", "W"] as const;

  it.each(scalars)("%s raised by one", async (name) => {
    const { statement, proof } = honestRound(slots);
    const gram = { ...proof.gram, [name]: (proof.gram[name] + 1n) % SCALAR_FIELD };

    expect(nameOf(await ask(statement, { ...proof, gram }))).toBe("RoundVerifierProofRejected");
  });

  it.each(scalars)("%s plus the field's order", async (name) => {
    const { statement, proof } = honestRound(slots);
    const value = proof.gram[name] + SCALAR_FIELD;

    const verdict = await ask(statement, { ...proof, gram: { ...proof.gram, [name]: value } });

    expect(verdict).toEqual({ error: "RoundVerifierScalarTooLarge", arguments: [value] });
  });

  it("gramHash changed", async () => {
    const { statement, proof } = honestRound(slots);

    expect(nameOf(await ask(statement, { ...proof, gramHash: proof.gramHash ^ 1n }))).toBe(
      "RoundVerifierProofRejected",
    );
  });

  it("gramHash plus the field's order", async () => {
    const { statement, proof } = honestRound(slots);
    const gramHash = proof.gramHash + SCALAR_FIELD;

    expect(await ask(statement, { ...proof, gramHash })).toEqual({
      error: "RoundVerifierScalarTooLarge",
      arguments: [gramHash],
    });
  });

  it.each([
    ["a weight moved from one trainer to another", (1n << (16n + 31n)) - (1n << 16n)],
    ["a share moved from one trainer to another", (1n << 31n) - 1n],
    ["a share lowered", -1n],
  ])("%s in the outcome", async (_, change) => {
    const { statement, proof } = honestRound(slots);
    const outcomeWords = replaceAt(proof.outcomeWords, 0, (word) => word + change);

    // Alpha was drawn for another outcome, so every challenge differs.
    expect(nameOf(await ask(statement, { ...proof, outcomeWords }))).toBe(
      "RoundVerifierProofRejected",
    );
  });

  it("another verdict in the outcome", async () => {
    const { statement, proof } = settleNaively({ slots });
    // The second trainer has no weight: calling it a duplicate is a possible outcome, but not the proven one.
    const outcomeWords = replaceAt(
      proof.outcomeWords,
      0,
      (word) => word ^ ((1n ^ 3n) << (27n + 31n)),
    );

    // Alpha was drawn for another outcome, so every challenge differs.
    expect(nameOf(await ask(statement, { ...proof, outcomeWords }))).toBe(
      "RoundVerifierProofRejected",
    );
  });

  it("an outcome word plus the field's order", async () => {
    const { statement, proof } = honestRound(slots);
    const outcomeWords = replaceAt(proof.outcomeWords, 0, (word) => word + SCALAR_FIELD);

    expect(await ask(statement, { ...proof, outcomeWords })).toEqual({
      error: "RoundVerifierMalformedOutcome",
      arguments: [0n, outcomeWords[0]],
    });
  });

  it("a commitment replaced", async () => {
    const { statement, proof } = honestRound(slots);
    const commitments = replaceAt(statement.commitments, 4, () => GENERATOR);

    expect(nameOf(await ask({ ...statement, commitments }, proof))).toBe(
      "RoundVerifierProofRejected",
    );
  });

  it("two trainers swapped", async () => {
    const { statement, proof } = honestRound(slots);
    const [third, fourth] = statement.commitments.slice(3, 5);
    const commitments = [...statement.commitments];
    commitments.splice(3, 2, fourth as G1Point, third as G1Point);

    expect(nameOf(await ask({ ...statement, commitments }, proof))).toBe(
      "RoundVerifierProofRejected",
    );
  });

  it("a commitment dropped", async () => {
    const { statement, proof } = honestRound(slots);

    expect(await ask({ ...statement, commitments: statement.commitments.slice(1) }, proof)).toEqual(
      {
        error: "RoundVerifierWrongCommitmentCount",
        arguments: [BigInt(slots), BigInt(slots - 1)],
      },
    );
  });

  it("a commitment dropped and its slot called inactive", async () => {
    const { statement, proof } = honestRound(slots);
    const commitments = replaceAt(statement.commitments, 5, () => INFINITY);
    const termsWords = replaceAt(statement.termsWords, 0, (word) => word ^ (1n << 5n));

    expect(nameOf(await ask({ ...statement, commitments, termsWords }, proof))).toBe(
      "RoundVerifierMalformedOutcome",
    );
  });

  it.each([
    ["market", { market: `0x${"11".repeat(20)}` }],
    ["project", { projectId: 8n }],
    ["round", { roundIndex: 4n }],
    ["parameter count", { parameterCount: 65n }],
    ["model commitment", { modelCommitment: GENERATOR }],
  ])("a replay under another %s", async (_, change) => {
    const { statement, proof } = honestRound(slots);

    expect(nameOf(await ask({ ...statement, ...change }, proof))).toBe(
      "RoundVerifierProofRejected",
    );
  });

  it("a replay on another chain", async () => {
    const other = await openVerifierChain({ chainId: 31338 });
    const { statement, proof } = honestRound(slots);
    const elsewhere = await other.deployVerifier({
      tauG2: DEVELOPMENT_TAU_G2,
      keys: VERIFIER_KEYS,
    });

    expect(nameOf(await askVerifier(other, elsewhere, statement, proof))).toBe(
      "RoundVerifierProofRejected",
    );
    await other.close();
  });

  it.each([
    ["norm bound", 1n << 60n],
    ["first rule parameter", 1n << 86n],
    ["second rule parameter", 1n << 91n],
    ["base weight", 1n << 96n],
  ])("another %s in the terms", async (_, change) => {
    const { statement, proof } = honestRound(slots);
    const termsWords = replaceAt(statement.termsWords, 0, (word) => word ^ change);

    expect(nameOf(await ask({ ...statement, termsWords }, proof))).toBe(
      "RoundVerifierProofRejected",
    );
  });

  it.each([
    ["all zero", (words: readonly bigint[]) => words.map(() => 0n), "RoundVerifierProofRejected"],
    [
      "with A negated",
      (words: readonly bigint[]) => replaceAt(words, 1, (y) => BASE_FIELD - y),
      "RoundVerifierProofRejected",
    ],
    [
      "with C negated",
      (words: readonly bigint[]) => replaceAt(words, 7, (y) => BASE_FIELD - y),
      "RoundVerifierProofRejected",
    ],
    [
      "with A off the curve",
      (words: readonly bigint[]) => replaceAt(words, 1, (y) => y ^ 1n),
      "Bn254PairingRefused",
    ],
    [
      "with A plus the field's order",
      (words: readonly bigint[]) => replaceAt(words, 0, (x) => x + BASE_FIELD),
      "Bn254InvalidPoint",
    ],
    [
      "with B off the curve",
      (words: readonly bigint[]) => replaceAt(words, 3, (x) => x ^ 1n),
      "Bn254PairingRefused",
    ],
    [
      "with B plus the field's order",
      (words: readonly bigint[]) => replaceAt(words, 3, (x) => x + BASE_FIELD),
      "Bn254PairingRefused",
    ],
    [
      "with C off the curve",
      (words: readonly bigint[]) => replaceAt(words, 6, (x) => x ^ 1n),
      "Bn254PairingRefused",
    ],
    [
      "with C plus the field's order",
      (words: readonly bigint[]) => replaceAt(words, 7, (y) => y + BASE_FIELD),
      "Bn254PairingRefused",
    ],
  ] as const)("a rule proof %s", async (_, change, error) => {
    const { statement, proof } = honestRound(slots);

    expect(nameOf(await ask(statement, { ...proof, groth16: change(proof.groth16) }))).toBe(error);
  });

  it("a point of B's curve outside of the second group", async () => {
    const { statement, proof } = honestRound(slots);
    const { x, y } = pointOutsideTheSubgroup();
    const groth16 = [
      ...proof.groth16.slice(0, 2),
      x[1],
      x[0],
      y[1],
      y[0],
      ...proof.groth16.slice(6),
    ];

    expect(nameOf(await ask(statement, { ...proof, groth16 }))).toBe("Bn254PairingRefused");
  });

  it("openings at infinity", async () => {
    const { statement, proof } = honestRound(slots);
    const gram = { ...proof.gram, Q: INFINITY, W: INFINITY };

    expect(nameOf(await ask(statement, { ...proof, gram }))).toBe("RoundVerifierProofRejected");
  });

  // The transcript binds every point, so these are re-proved with the malformed point in it: only its own check is left.
  const encodings = [
    ["x plus the field's order", ({ x, y }: G1Point) => ({ x: x + BASE_FIELD, y })],
    ["y plus the field's order", ({ x, y }: G1Point) => ({ x, y: y + BASE_FIELD })],
    ["a point off the curve", ({ x, y }: G1Point) => ({ x, y: y ^ 1n })],
  ] as const;

  it.each(encodings)("a commitment with %s, re-proved", async (_, change) => {
    const { statement, proof } = settleNaively({
      slots,
      // Slot 4 has no weight in these rounds: the aggregate could not be computed otherwise.
      cheat: { commitments: (honest) => replaceAt(honest, 4, change) },
    });
    const { x, y } = statement.commitments[4] as G1Point;

    expect(await ask(statement, proof)).toEqual({ error: "Bn254InvalidPoint", arguments: [x, y] });
  });

  it.each(encodings)("the dummy with %s, re-proved", async (_, change) => {
    const { statement, proof } = settleNaively({
      slots,
      cheat: { commitments: (honest) => replaceAt(honest, slots, change) },
    });
    const { x, y } = proof.dummyCommitment;

    expect(await ask(statement, proof)).toEqual({ error: "Bn254InvalidPoint", arguments: [x, y] });
  });

  it.each(
    points.flatMap((point) => encodings.map(([name, change]) => [point, name, change] as const)),
  )("%s with %s, re-proved", async (point, _, change) => {
    const { statement, proof } = settleNaively({ slots, cheat: { [point]: change } });
    const { x, y } = proof.gram[point];

    expect(await ask(statement, proof)).toEqual({ error: "Bn254InvalidPoint", arguments: [x, y] });
  });

  it.each(encodings)("the aggregate with %s", async (_, change) => {
    const { statement, proof } = settleNaively({ slots, aggregate: change });
    const { x, y } = proof.aggregateCommitment;

    expect(await ask(statement, proof)).toEqual({ error: "Bn254InvalidPoint", arguments: [x, y] });
  });

  it("a model commitment off the curve, re-proved", async () => {
    const { statement, proof } = settleNaively({
      slots,
      statement: { modelCommitment: { x: 1n, y: 3n } },
    });

    // The precompile names the second summand; the first is the market's own state.
    expect(nameOf(await ask(statement, proof))).toBe("Bn254InvalidPoint");
  });

  it("an active slot without a point, re-proved", async () => {
    const activeMask = (1n << BigInt(slots)) - 1n;
    const { statement, proof } = settleNaively({ slots, inactive: [5], activeMask });

    expect(await ask(statement, proof)).toEqual({
      error: "RoundVerifierCommitmentMismatch",
      arguments: [activeMask, activeMask ^ (1n << 5n)],
    });
  });

  it("an inactive slot with a point, re-proved", async () => {
    const all = (1n << BigInt(slots)) - 1n;
    const activeMask = all ^ (1n << 5n);
    const { statement, proof } = settleNaively({ slots, activeMask });

    expect(await ask(statement, proof)).toEqual({
      error: "RoundVerifierCommitmentMismatch",
      arguments: [activeMask, all],
    });
  });
});

describe("agrees with the verifier in TypeScript", () => {
  let curve: Awaited<ReturnType<typeof openVerifierCurve>>;
  beforeAll(async () => {
    curve = await openVerifierCurve();
  });
  afterAll(() => curve[Symbol.asyncDispose]());

  /** Changes that leave every word in range, so that only the proof itself is judged. */
  const changes: readonly [
    string,
    (statement: RoundStatement, proof: RoundProof) => [RoundStatement, RoundProof],
  ][] = [
    ["nothing changed", (statement, proof) => [statement, proof]],
    ...(["mu", "rhoA", "a", "aInv", "s"] as const).map((name): (typeof changes)[number] => [
      `${name} + 1`,
      (statement, proof) => [
        statement,
        { ...proof, gram: { ...proof.gram, [name]: (proof.gram[name] + 1n) % SCALAR_FIELD } },
      ],
    ]),
    ...(["S", "R", "Q", "W"] as const).flatMap((name): (typeof changes)[number][] => [
      [
        `${name} + G`,
        (statement, proof) => [
          statement,
          {
            ...proof,
            gram: { ...proof.gram, [name]: combinePoints([proof.gram[name], GENERATOR], [1n, 1n]) },
          },
        ],
      ],
      [
        `${name} at infinity`,
        (statement, proof) => [statement, { ...proof, gram: { ...proof.gram, [name]: INFINITY } }],
      ],
      [
        `${name} off the curve`,
        (statement, proof) => [
          statement,
          {
            ...proof,
            gram: { ...proof.gram, [name]: { x: proof.gram[name].x, y: proof.gram[name].y ^ 1n } },
          },
        ],
      ],
      [
        `${name}.x + q`,
        (statement, proof) => [
          statement,
          {
            ...proof,
            gram: {
              ...proof.gram,
              [name]: { x: proof.gram[name].x + BASE_FIELD, y: proof.gram[name].y },
            },
          },
        ],
      ],
    ]),
    [
      "gramHash + 1",
      (statement, proof) => [
        statement,
        { ...proof, gramHash: (proof.gramHash + 1n) % SCALAR_FIELD },
      ],
    ],
    [
      "mu + p",
      (statement, proof) => [
        statement,
        { ...proof, gram: { ...proof.gram, mu: proof.gram.mu + SCALAR_FIELD } },
      ],
    ],
    [
      "dummy at infinity",
      (statement, proof) => [statement, { ...proof, dummyCommitment: INFINITY }],
    ],
    [
      "one parameter more",
      (statement, proof) => [
        { ...statement, parameterCount: statement.parameterCount + 1n },
        proof,
      ],
    ],
  ];

  it.each(changes)("on a round with %s", async (_, change) => {
    const accepted: boolean[] = [];
    for (const honest of [honestRound(8), settleNaively({ slots: 8, inactive: [2] })]) {
      const [statement, draft] = change(honest.statement, honest.proof);
      const slotCount = Number(statement.slots);
      const parameterCount = Number(statement.parameterCount);
      const context = contextHash({
        ...statement,
        chainId: 31337n,
        market: BigInt(statement.market),
        aggregator: BigInt(statement.aggregator),
        slotCount,
        parameterCount,
        terms: statement.termsWords,
      });
      const { commitments } = statement;
      const { dummyCommitment, gramHash, outcomeWords } = draft;
      const alpha = alphaChallenge({
        context,
        parameterCount,
        commitments: [...commitments, dummyCommitment],
        gramHash,
        outcomeWords,
      }).value;
      // A rule proof that fits whatever the Gram part says: so the chain judges the Gram part alone.
      const proof = {
        ...draft,
        groth16: keyOf(statement).prove(publicSignals(statement, draft, alpha)),
      };

      const here = await verifyGram({
        curve,
        proof: proof.gram,
        commitments,
        dummyCommitment,
        gramHash,
        outcomeWords,
        context,
        parameterCount,
      });
      const onChain = nameOf(await ask(statement, proof));

      expect(onChain === "accepted").toBe(here.isAccepted);
      expect(onChain).not.toBe("unnamed");
      accepted.push(here.isAccepted);
    }
    expect(accepted).toEqual(_ === "nothing changed" ? [true, true] : [false, false]);
  });
});

/** A point on the twist that is not in the group: the curve has a large cofactor, so almost any point is. */
function pointOutsideTheSubgroup(): { x: [bigint, bigint]; y: [bigint, bigint] } {
  const { Fp2 } = bn254.fields;
  const b = Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n]));
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.fromBigTuple([c0, 1n]);
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
      const point = bn254.G2.Point.fromAffine({ x, y });
      if (!point.isTorsionFree()) return { x: [x.c0, x.c1], y: [y.c0, y.c1] };
    } catch {
      // Not a square: try the next x.
    }
  }
}
