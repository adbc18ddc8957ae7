import { readFileSync } from "node:fs";
import { AbiCoder, keccak256, toUtf8Bytes } from "ethers";
import { describe, expect, test } from "vitest";
import { SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { type GramProof, gramTranscript } from "../../../services/protocol/gram/gram-proof.ts";
import {
  aggregateChallenge,
  contextHash,
  groth16Challenge,
  keccakWords,
  type RoundContext,
  TRANSCRIPT_DOMAIN,
} from "../../../services/protocol/gram/transcript.ts";

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** One case of the vectors file, as far as challenges go. */
interface ChallengeVector {
  readonly name: string;
  readonly context: RoundContext;
  readonly commitments: readonly Point[];
  readonly dummyCommitment: Point;
  readonly gramHash: bigint;
  readonly proof: GramProof;
  readonly ctx: bigint;
  readonly h0: bigint;
  readonly alpha: bigint;
  readonly h1: bigint;
  readonly zeta: bigint;
  readonly h2: bigint;
  readonly gamma: bigint;
  readonly h3: bigint;
  readonly z: bigint;
  readonly settlement: {
    readonly outcome: readonly bigint[];
    readonly aggregate: Point;
    readonly groth16Proof: readonly bigint[];
    readonly h4: bigint;
    readonly delta: bigint;
    readonly h5: bigint;
    readonly delta2: bigint;
  };
}

/** The vectors with their decimal strings as bigints. */
function loadCases(): readonly ChallengeVector[] {
  const text = readFileSync(new URL("../../vectors/gram-proof.json", import.meta.url), "utf8");
  return JSON.parse(text, (_, value) =>
    typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : value,
  ).cases;
}

const abiKeccak = (words: readonly bigint[]) =>
  BigInt(
    keccak256(
      AbiCoder.defaultAbiCoder().encode(
        words.map(() => "uint256"),
        [...words],
      ),
    ),
  );

describe("the hash over words", () => {
  test("is keccak256 of abi.encode, for none, one and many words", () => {
    for (const words of [
      [0n],
      [1n, 2n ** 256n - 1n],
      Array.from({ length: 40 }, (_, i) => BigInt(i) ** 48n),
    ]) {
      expect(keccakWords(words)).toBe(abiKeccak(words));
    }
    expect(keccakWords([])).toBe(BigInt(keccak256("0x")));
  });

  test("refuses words that are negative or too wide: they would collide with others", () => {
    for (const word of [-1n, 2n ** 256n]) {
      expect(() => keccakWords([word])).toThrow(expect.objectContaining({ code: "CW1605" }));
    }
  });

  test("starts from the published domain", () => {
    expect(TRANSCRIPT_DOMAIN).toBe(BigInt(keccak256(toUtf8Bytes("commonweight/gram/v2"))));
  });
});

describe("the challenges of every shared vector", () => {
  test.each(loadCases().map((item) => [item.name, item] as const))("%s", (_, vector) => {
    const { context: c, proof: p, settlement: s, commitments, dummyCommitment, gramHash } = vector;
    const { parameterCount } = c;

    const ctx = contextHash(c);
    const transcript = gramTranscript({
      context: ctx,
      parameterCount,
      commitments,
      dummyCommitment,
      gramHash,
      outcomeWords: s.outcome,
      proof: p,
    });
    const aggregate = aggregateChallenge(transcript.z.hash, { ...s, W: p.W });
    const groth16 = groth16Challenge(aggregate.hash);

    const fixed = [c.chainId, c.market, c.projectId, c.roundIndex, c.aggregator, c.ruleId].map(
      BigInt,
    );
    const sizes = [BigInt(c.slotCount), BigInt(parameterCount)];
    const { x, y } = c.modelCommitment;
    expect(ctx).toBe(abiKeccak([TRANSCRIPT_DOMAIN, ...fixed, ...sizes, ...c.terms, x, y]));
    const points = [...commitments, dummyCommitment].flatMap((point) => [point.x, point.y]);
    const counts = [BigInt(commitments.length + 1), BigInt(parameterCount)];
    const h0 = abiKeccak([ctx, ...counts, ...points, gramHash, ...s.outcome]);
    const h1 = abiKeccak([h0, p.mu, p.rhoA, p.S.x, p.S.y, p.R.x, p.R.y]);
    const h2 = abiKeccak([h1, p.a, p.aInv, p.s]);
    const h3 = abiKeccak([h2, p.Q.x, p.Q.y]);
    const h4 = abiKeccak([h3, p.W.x, p.W.y, s.aggregate.x, s.aggregate.y, ...s.groth16Proof]);
    const hashes = [h0, h1, h2, h3, h4, abiKeccak([h4, 1n])];
    const { alpha, zeta, gamma, z } = transcript;
    const challenges = [alpha, zeta, gamma, z, aggregate, groth16];
    const stored = [vector.alpha, vector.zeta, vector.gamma, vector.z, s.delta, s.delta2];
    expect([vector.h0, vector.h1, vector.h2, vector.h3, s.h4, s.h5]).toEqual(hashes);
    expect(challenges.map(({ hash }) => hash)).toEqual(hashes);
    expect(challenges.map(({ value }) => value)).toEqual(stored);
    expect(stored).toEqual(hashes.map((hash) => hash % SCALAR_FIELD));
  });
});

test("checklist 2: every field of the context changes it", () => {
  const base = {
    chainId: 1n,
    market: 2n,
    projectId: 3n,
    roundIndex: 4n,
    aggregator: 5n,
    ruleId: 1n,
    slotCount: 8,
    parameterCount: 100,
    terms: [5n],
    modelCommitment: { x: 1n, y: 2n },
  };
  const changes = [
    {},
    { chainId: 9n },
    { market: 9n },
    { projectId: 9n },
    { roundIndex: 9n },
    { aggregator: 9n },
    { ruleId: 2n },
    { slotCount: 16 },
    { parameterCount: 101 },
    { terms: [6n] },
    { terms: [5n, 0n] },
    { modelCommitment: { x: 1n, y: 3n } },
    { modelCommitment: { x: 2n, y: 2n } },
  ];

  const hashes = changes.map((change) => contextHash({ ...base, ...change }));

  expect(new Set(hashes).size).toBe(changes.length);
});
