/**
 * The checklist of the proof's design (docs/proof.md), item by item, as far as the contract is what keeps it. Items 6 and
 * 8 are kept by the circuits, 9 by the market, and 11 is an argument and not a check.
 */
import type { Contract } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE_FIELD, type G1Point, INFINITY, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { toScalar } from "../../services/protocol/scalar.ts";
import type { Cheat } from "./naive-gram-prover.ts";
import {
  askVerifier,
  COMPILE_TIMEOUT_MS,
  openVerifierChain,
  type VerifierChain,
} from "./round-verifier-chain.ts";
import { type NaiveRoundOptions, settleNaively } from "./settle-naively.ts";
import { DEVELOPMENT_TAU_G2, VERIFIER_KEYS } from "./verifier-rounds.ts";

const REJECTED = "RoundVerifierProofRejected";

let chain: VerifierChain;
let verifier: Contract;

beforeAll(async () => {
  chain = await openVerifierChain();
  verifier = await chain.deployVerifier({ tauG2: DEVELOPMENT_TAU_G2, keys: VERIFIER_KEYS });
}, COMPILE_TIMEOUT_MS);

afterAll(() => chain.close());

type Round = ReturnType<typeof settleNaively>;

/** The error of a round after a last change, or "accepted". */
async function judge(
  options: NaiveRoundOptions,
  change?: (round: Round) => Partial<Round>,
): Promise<string> {
  const round = settleNaively(options);
  const { statement, proof } = { ...round, ...change?.(round) };
  const verdict = await askVerifier(chain, verifier, statement, proof);
  return "error" in verdict ? verdict.error : "accepted";
}

describe.each([8, 16] as const)("checklist 5.1 with %i slots", (slots) => {
  describe("item 1: everything is fixed before the challenge that tests it", () => {
    it("the Gram matrix and the dummy's row before alpha", async () => {
      expect(
        await judge({ slots }, ({ proof }) => ({
          proof: { ...proof, gramHash: toScalar(proof.gramHash + 1n) },
        })),
      ).toBe(REJECTED);
    });

    it("every commitment before alpha", async () => {
      const last: Cheat = { alpha: (alpha) => toScalar(alpha * 2n) };
      expect(await judge({ slots, cheat: last })).toBe(REJECTED);
    });

    it.each(["mu", "rhoA"] as const)("%s before zeta", async (name) => {
      expect(
        await judge({ slots }, ({ proof }) => ({
          proof: { ...proof, gram: { ...proof.gram, [name]: toScalar(proof.gram[name] + 1n) } },
        })),
      ).toBe(REJECTED);
    });

    it.each(["S", "R"] as const)("%s before zeta", async (name) => {
      expect(
        await judge({ slots }, ({ proof }) => ({
          proof: { ...proof, gram: { ...proof.gram, [name]: { x: 1n, y: 2n } } },
        })),
      ).toBe(REJECTED);
    });

    it("the opened values before gamma", async () => {
      expect(await judge({ slots, cheat: { gamma: () => 5n } })).toBe(REJECTED);
    });

    it("Q before z", async () => {
      expect(await judge({ slots, cheat: { z: () => 5n } })).toBe(REJECTED);
    });

    it("outcome, aggregate and rule proof before the weights that merge the equations", async () => {
      const { proof } = settleNaively({ slots });
      const other = settleNaively({ slots, ruleError: 1n }).proof;
      expect(other.gram).toEqual(proof.gram);
      expect(await judge({ slots, ruleError: 1n })).toBe(REJECTED);
    });
  });

  it.each([
    ["market", { market: `0x${"22".repeat(20)}` }],
    ["project", { projectId: 6n }],
    ["round", { roundIndex: 3n }],
    ["aggregator", { aggregator: `0x${"22".repeat(20)}` }],
    ["parameter count", { parameterCount: 41n }],
    ["model commitment", { modelCommitment: INFINITY }],
  ])("item 2: the transcript binds the %s", async (_, change) => {
    expect(
      await judge({ slots }, ({ statement }) => ({ statement: { ...statement, ...change } })),
    ).toBe(REJECTED);
  });

  it("item 2: the transcript binds mask, parameters and norm bound", async () => {
    expect(
      await judge({ slots }, ({ statement }) => ({
        statement: { ...statement, termsWords: [(statement.termsWords[0] ?? 0n) ^ (1n << 86n)] },
      })),
    ).toBe(REJECTED);
  });

  it("item 2: keys cannot be changed after deployment", () => {
    const writers = verifier.interface.fragments.filter(
      (fragment) =>
        "stateMutability" in fragment &&
        fragment.type === "function" &&
        !["view", "pure"].includes(String(fragment.stateMutability)),
    );
    expect(writers).toEqual([]);
    expect(verifier.interface.fragments.length).toBeGreaterThan(8);
  });

  it.each([-1, 1])("item 3: one commitment a slot, not %i more", async (difference) => {
    expect(
      await judge({ slots }, ({ statement }) => ({
        statement: {
          ...statement,
          commitments:
            difference < 0 ? statement.commitments.slice(1) : [...statement.commitments, INFINITY],
        },
      })),
    ).toBe("RoundVerifierWrongCommitmentCount");
  });

  it("item 3: an inactive slot is skipped, and has no point", async () => {
    const all = (1n << BigInt(slots)) - 1n;
    expect(await judge({ slots, inactive: [1, 5] })).toBe("accepted");
    expect(await judge({ slots, activeMask: all ^ 2n })).toBe("RoundVerifierCommitmentMismatch");
  });

  it.each([
    ["not on the curve", ({ x, y }: G1Point) => ({ x, y: y ^ 1n }), "Bn254InvalidPoint"],
    ["not reduced", ({ x, y }: G1Point) => ({ x: x + BASE_FIELD, y }), "Bn254InvalidPoint"],
    ["infinity", () => INFINITY, "RoundVerifierCommitmentMismatch"],
  ] as const)("item 4: no commitment that is %s", async (_, change, error) => {
    const cheat: Cheat = {
      commitments: (points) => points.map((point, slot) => (slot === 5 ? change(point) : point)),
    };
    expect(await judge({ slots, cheat })).toBe(error);
  });

  it.each(["mu", "rhoA", "a", "aInv", "s"] as const)("item 5: %s is reduced", async (name) => {
    expect(
      await judge({ slots }, ({ proof }) => ({
        proof: { ...proof, gram: { ...proof.gram, [name]: proof.gram[name] + SCALAR_FIELD } },
      })),
    ).toBe("RoundVerifierScalarTooLarge");
  });

  it("item 5: public inputs are reduced", async () => {
    expect(
      await judge({ slots }, ({ proof }) => ({
        proof: { ...proof, gramHash: proof.gramHash + SCALAR_FIELD },
      })),
    ).toBe("RoundVerifierScalarTooLarge");
    expect(
      await judge({ slots }, ({ proof }) => ({
        proof: { ...proof, outcomeWords: proof.outcomeWords.map((word) => word + SCALAR_FIELD) },
      })),
    ).toBe("RoundVerifierMalformedOutcome");
  });

  it("item 7: a void round applies nothing and pays nothing", async () => {
    const weights = new Array<bigint>(slots).fill(0n);
    expect(await judge({ slots, weights })).toBe("accepted");
    expect(await judge({ slots, weights, aggregate: () => ({ x: 1n, y: 2n }) })).toBe(
      "RoundVerifierAggregateInVoidRound",
    );
  });

  it("item 10: a second proof of the same round is possible, so a proof is no identifier", async () => {
    const first = settleNaively({ slots });
    const second = settleNaively({ slots, cheat: { gramHash: () => 987654321n } });
    expect(second.proof.gram).not.toEqual(first.proof.gram);
    expect(await judge({ slots, cheat: { gramHash: () => 987654321n } })).toBe("accepted");
  });
});
