/**
 * Cheats that recompute every challenge after what they changed, so that no hash gives them away: only the equations
 * stand between them and the money. The rule's proof is always valid for the false claims (its key's secrets are known
 * to these tests), as if the cheat had broken the circuit too.
 */
import type { Contract } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEVELOPMENT_TAU } from "../../services/adapters/curve/development-tau.ts";
import { type G1Point, INFINITY, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import {
  aggregateChallenge,
  groth16Challenge,
  zChallenge,
} from "../../services/protocol/gram/transcript.ts";
import { scalarInverse, scalarPower, toScalar } from "../../services/protocol/scalar.ts";
import {
  acceptsWithout,
  type Cheat,
  earlyZ,
  innerProduct,
  type Messages,
  type NaiveProof,
  type Polynomial,
} from "./naive-gram-prover.ts";
import {
  askVerifier,
  COMPILE_TIMEOUT_MS,
  openVerifierChain,
  type VerifierChain,
} from "./round-verifier-chain.ts";
import {
  type NaiveRound,
  type NaiveRoundOptions,
  naiveVectors,
  settleNaively,
} from "./settle-naively.ts";
import { combinePoints, DEVELOPMENT_TAU_G2, VERIFIER_KEYS } from "./verifier-rounds.ts";

const GENERATOR: G1Point = { x: 1n, y: 2n };
const PARAMETERS = 40;
const TRAINER = 4;

let chain: VerifierChain;
let verifier: Contract;

beforeAll(async () => {
  chain = await openVerifierChain();
  verifier = await chain.deployVerifier({ tauG2: DEVELOPMENT_TAU_G2, keys: VERIFIER_KEYS });
}, COMPILE_TIMEOUT_MS);

afterAll(() => chain.close());

/** The error of a round made with these options, or "accepted". */
async function judge(options: NaiveRoundOptions): Promise<string> {
  const { statement, proof } = settleNaively(options);
  const verdict = await askVerifier(chain, verifier, statement, proof);
  return "error" in verdict ? verdict.error : "accepted";
}

function plusGenerators(count: bigint): (point: G1Point) => G1Point {
  return (point) => combinePoints([point, GENERATOR], [1n, count]);
}

const plusGenerator = plusGenerators(1n);
const atInfinity = () => INFINITY;

/** Replaces the vectors at some slots. */
function replaceVectors(
  changes: Readonly<Record<number, (vector: Polynomial) => Polynomial>>,
): NonNullable<NaiveRoundOptions["commit"]> {
  return (vectors) => vectors.map((vector, slot) => (vector && changes[slot]?.(vector)) ?? vector);
}

/** The weights under which a round's three equations are added up. */
function settlementWeights({ gram, proof }: NaiveRound): { delta: bigint; merge: bigint } {
  const h3 = zChallenge(gram.messages.h2, proof.gram).hash;
  const delta = aggregateChallenge(h3, {
    W: proof.gram.W,
    aggregate: proof.aggregateCommitment,
    groth16Proof: proof.groth16,
  });
  return { delta: delta.value, merge: groth16Challenge(delta.hash).value };
}

/** Two field elements whose squares sum to `total`: x + iy = total and x - iy = 1. */
function twoSquares(total: bigint): [bigint, bigint] {
  const i = scalarPower(5n, (SCALAR_FIELD - 1n) / 4n);
  return [
    toScalar((total + 1n) * scalarInverse(2n)),
    toScalar((total - 1n) * scalarInverse(2n * i)),
  ];
}

describe.each([8, 16] as const)("with %i slots", (slots) => {
  it("accepts the same prover when it is honest", async () => {
    expect(await judge({ slots })).toBe("accepted");
  });

  describe("a claimed mu that is not <A, A>", () => {
    const falseMu: Cheat = { mu: (mu) => toScalar(mu + 1n) };

    it("fails the pairing when S(1 / zeta), which follows from it, takes the difference", async () => {
      expect(await judge({ slots, cheat: falseMu })).toBe("RoundVerifierProofRejected");
    });

    it.each([
      ["s", { s: (s, { zeta }) => toScalar(s - scalarInverse(zeta)) }],
      ["aInv", { aInv: (aInv, { a }) => toScalar(aInv + scalarInverse(a)) }],
    ] satisfies [string, Cheat][])("fails the pairing when %s is solved for", async (_, cheat) => {
      expect(await judge({ slots, cheat: { ...falseMu, ...cheat } })).toBe(
        "RoundVerifierProofRejected",
      );
    });

    it("fails the pairing when S carries the difference", async () => {
      // S + c has the value s + c at both points; c (zeta + 1/zeta) would make up for the difference, but S is fixed before zeta.
      const guess = 12345n;
      const c = scalarInverse(guess + scalarInverse(guess));
      const cheat: Cheat = {
        ...falseMu,
        S: plusGenerators(-c),
        // S(1 / zeta) follows, and comes out lower by as much.
        s: (s, { zeta }) => toScalar(s - scalarInverse(zeta + scalarInverse(zeta))),
      };

      expect(await judge({ slots, cheat })).toBe("RoundVerifierProofRejected");
    });

    it("fails with one Gram entry too high and mu computed from it", async () => {
      const cheat: Cheat = {
        mu: (mu, { alpha }) => {
          const weight = (slot: number) => scalarPower(alpha, 1n << BigInt(slot));
          return toScalar(mu + 2n * weight(3) * weight(4));
        },
      };

      expect(await judge({ slots, cheat })).toBe("RoundVerifierProofRejected");
    });
  });

  describe("one message changed and all challenges recomputed", () => {
    it.each([
      ["rhoA", { rhoA: (value) => toScalar(value + 1n) }, "RoundVerifierProofRejected"],
      ["S", { S: plusGenerator }, "RoundVerifierProofRejected"],
      ["R", { R: plusGenerator }, "RoundVerifierProofRejected"],
      ["R left out", { R: atInfinity }, "RoundVerifierProofRejected"],
      ["a", { a: (value) => toScalar(value + 1n) }, "RoundVerifierProofRejected"],
      ["aInv", { aInv: (value) => toScalar(value + 1n) }, "RoundVerifierProofRejected"],
      ["s", { s: (value) => toScalar(value + 1n) }, "RoundVerifierProofRejected"],
      ["Q", { Q: plusGenerator }, "RoundVerifierProofRejected"],
      ["Q left out", { Q: atInfinity }, "RoundVerifierProofRejected"],
      ["W", { W: plusGenerator }, "RoundVerifierProofRejected"],
      ["W left out", { W: atInfinity }, "RoundVerifierProofRejected"],
      ["Q and W left out", { Q: atInfinity, W: atInfinity }, "RoundVerifierProofRejected"],
      ["Q in the place of W", { W: (_, { Q }) => Q }, "RoundVerifierProofRejected"],
      [
        "alpha not the hash",
        { alpha: (value) => toScalar(value + 1n) },
        "RoundVerifierProofRejected",
      ],
      [
        "gamma not the hash",
        { gamma: (value) => toScalar(value + 1n) },
        "RoundVerifierProofRejected",
      ],
      [
        "a and aInv scaled against each other",
        {
          a: (value) => toScalar(2n * value),
          aInv: (value) => toScalar(value * scalarInverse(2n)),
        },
        "RoundVerifierProofRejected",
      ],
      ["z not the hash", { z: (value) => toScalar(value + 1n) }, "RoundVerifierProofRejected"],
    ] satisfies [string, Cheat, string][])("%s", async (_, cheat, error) => {
      expect(await judge({ slots, cheat })).toBe(error);
    });

    it("alpha drawn for another outcome than the one that is claimed", async () => {
      const outcomeWords = (words: readonly bigint[]) => words.with(0, (words[0] as bigint) ^ 1n);
      expect(await judge({ slots, cheat: { outcomeWords } })).toBe("RoundVerifierProofRejected");
    });

    it("zeta not the hash", async () => {
      expect(await judge({ slots, cheat: { zeta: (value) => toScalar(value + 1n) } })).toBe(
        "RoundVerifierProofRejected",
      );
    });

    it("Q shifted to make up for a false mu at a z known before it", async () => {
      // S(1 / zeta) comes out zeta too low, so the line r_S at z by -zeta^2 l / (1 - zeta^2); Q has the factor l m there.
      const shift = ({ zeta, gamma, z }: Readonly<Messages>) =>
        gamma * zeta * zeta * scalarInverse(toScalar((1n - zeta * zeta) * (zeta * z - 1n)));
      const cheat: Cheat = {
        mu: (mu) => toScalar(mu + 1n),
        Q: (Q, sent) => plusGenerators(shift({ ...sent, z: earlyZ(sent.h2) }))(Q),
        z: (_, { h2 }) => earlyZ(h2),
      };
      const { gram, context } = settleNaively({ slots, cheat });
      const statement = { context, parameterCount: PARAMETERS };

      expect(acceptsWithout("Q before z", gram, statement)).toBe(true);
      expect(acceptsWithout("nothing", gram, statement)).toBe(false);
      expect(await judge({ slots, cheat })).toBe("RoundVerifierProofRejected");
    });
  });

  describe("vectors that are not the committed ones", () => {
    it.each([
      [
        "one coefficient raised by one",
        replaceVectors({
          [TRAINER]: (vector) => vector.map((value, j) => (j === 7 ? value + 1n : value)),
        }),
      ],
      [
        "one trainer's vector left out",
        (vectors: readonly (Polynomial | null)[]) =>
          vectors.map((vector, slot) => (slot === TRAINER ? null : vector)),
      ],
      [
        "the reference's vector doubled",
        replaceVectors({ 0: (vector) => vector.map((value) => 2n * value) }),
      ],
      [
        "the dummy left out",
        (vectors: readonly (Polynomial | null)[]) =>
          vectors.map((vector, slot) => (slot === slots ? null : vector)),
      ],
      [
        "two trainers swapped",
        (vectors: readonly (Polynomial | null)[]) =>
          vectors.map((vector, slot) => vectors[slot === 3 ? 4 : slot === 4 ? 3 : slot] ?? vector),
      ],
    ])("%s", async (_, prove) => {
      expect(await judge({ slots, prove })).toBe("RoundVerifierProofRejected");
    });
  });

  describe("a tail behind the model's end", () => {
    const tail = [11n, 22n, 33n, 44n, 55n, 66n, 77n, 88n];
    const withTail = replaceVectors({ [TRAINER]: (vector) => [...vector, ...tail] });

    it("is rejected when the proof covers it", async () => {
      expect(
        await judge({ slots, commit: withTail, provenParameterCount: PARAMETERS + tail.length }),
      ).toBe("RoundVerifierProofRejected");
    });

    it("is rejected when the proof covers it but R is cut off", async () => {
      expect(await judge({ slots, commit: withTail })).toBe("RoundVerifierProofRejected");
    });

    it("is rejected when R is opened to its own value", async () => {
      // R at the longer shift has the value zeta^(d+7) A(1/zeta): make the verifier's zeta^(d-1) a' come out at that.
      const cheat: Cheat = {
        aInv: (aInv, { zeta }) => toScalar(aInv * scalarPower(zeta, BigInt(tail.length))),
      };

      expect(
        await judge({
          slots,
          commit: withTail,
          provenParameterCount: PARAMETERS + tail.length,
          cheat,
        }),
      ).toBe("RoundVerifierProofRejected");
    });

    it("is rejected when the proof covers only the model", async () => {
      const cutOff = replaceVectors({ [TRAINER]: (vector) => vector.slice(0, PARAMETERS) });

      expect(await judge({ slots, commit: withTail, prove: cutOff })).toBe(
        "RoundVerifierProofRejected",
      );
    });

    it("could forge any norm if the degree were not checked, and is rejected because it is", async () => {
      // 100 times the honest update, with a tail whose squares cancel the norm down to a harmless one.
      const honest = naiveVectors({ slots })[TRAINER] as Polynomial;
      const inflated = honest.map((value) => 100n * value);
      const wanted = innerProduct(honest, honest);
      const forged = [
        ...inflated,
        ...twoSquares(toScalar(wanted - innerProduct(inflated, inflated))),
      ];
      const others = naiveVectors({ slots }).flatMap((vector, slot) =>
        vector && slot !== TRAINER ? [vector] : [],
      );
      const options: NaiveRoundOptions = {
        slots,
        commit: replaceVectors({ [TRAINER]: () => forged }),
        provenParameterCount: forged.length,
      };

      const withoutCheck = (round: NaiveRoundOptions) => {
        const { gram, context } = settleNaively({ ...round, isDegreeProven: false });
        return acceptsWithout("degree check", gram, { context, parameterCount: PARAMETERS });
      };

      // The claim: the norm of an honest update, and the inner products of the inflated one.
      expect(innerProduct(forged, forged)).toBe(wanted);
      for (const other of others)
        expect(innerProduct(forged, other)).toBe(innerProduct(inflated, other));
      expect(withoutCheck({ slots })).toBe(true);
      expect(withoutCheck(options)).toBe(true);
      expect(await judge(options)).toBe("RoundVerifierProofRejected");
      expect(await judge({ ...options, isDegreeProven: false })).toBe("RoundVerifierProofRejected");
    });
  });

  describe("an aggregate that is not the weighted sum", () => {
    const weights = Array.from({ length: slots }, (_, slot) =>
      slot === 3 ? 1000n : slot === 4 ? 24n : 0n,
    );

    it("accepts the true one", async () => {
      expect(await judge({ slots, weights })).toBe("accepted");
    });

    it.each([
      ["shifted", plusGenerator],
      ["left out", () => INFINITY],
      ["doubled", (point: G1Point) => combinePoints([point], [2n])],
    ] as const)("%s", async (_, aggregate) => {
      expect(await judge({ slots, weights, aggregate })).toBe("RoundVerifierProofRejected");
    });

    it("of other weights", async () => {
      const { statement } = settleNaively({ slots, weights });
      const swapped = combinePoints(statement.commitments.slice(3, 5), [24n, 1000n]);

      expect(await judge({ slots, weights, aggregate: () => swapped })).toBe(
        "RoundVerifierProofRejected",
      );
    });

    it("in a void round", async () => {
      const nobody = weights.map(() => 0n);

      expect(await judge({ slots, weights: nobody, aggregate: () => GENERATOR })).toBe(
        "RoundVerifierAggregateInVoidRound",
      );
    });
  });

  describe("two wrong equations that are meant to cancel each other", () => {
    /** What `count` generators on top of W do to the Gram equation, as a multiple of `e([1], [1])`. */
    function errorOf({ messages }: NaiveProof, count: bigint): bigint {
      const { zeta, z } = messages;
      return toScalar((1n - zeta * zeta) * (z - DEVELOPMENT_TAU) * count);
    }

    it("Gram proof against the rule's proof", async () => {
      // The rule's proof can carry any error too, but it is hashed into the weight that separates them.
      const cheat: Cheat = { W: plusGenerator };
      const { gram } = settleNaively({ slots, cheat });

      for (const sign of [1n, -1n]) {
        expect(await judge({ slots, cheat, ruleError: sign * errorOf(gram, 1n) })).toBe(
          "RoundVerifierProofRejected",
        );
      }
    });

    it("Gram proof against the aggregate", async () => {
      // The same error, taken up by the aggregate instead; delta is a hash of the aggregate.
      const cheat: Cheat = { W: plusGenerator };
      const { gram } = settleNaively({ slots, cheat });

      for (const sign of [1n, -1n]) {
        const aggregate = (honest: G1Point) =>
          combinePoints([honest, GENERATOR], [1n, sign * errorOf(gram, 1n)]);
        expect(await judge({ slots, cheat, aggregate })).toBe("RoundVerifierProofRejected");
      }
    });

    it("Gram proof against the other two, with W chosen last: it is hashed into the weights too", async () => {
      const falseRule = { slots, ruleError: 1n };
      const falseAggregate = { slots, aggregate: plusGenerator };
      const { merge } = settlementWeights(settleNaively(falseRule));
      const { delta } = settlementWeights(settleNaively(falseAggregate));

      for (const [options, error] of [
        [falseRule, scalarInverse(merge)],
        [falseAggregate, delta],
      ] as const) {
        const { gram } = settleNaively(options);
        const count = error * scalarInverse(errorOf(gram, 1n));
        expect(errorOf(gram, count)).toBe(error);
        expect(await judge({ ...options, cheat: { W: plusGenerators(count) } })).toBe(
          "RoundVerifierProofRejected",
        );
      }
    });
  });

  it("a rule proof made for other public signals", async () => {
    for (let index = 0; index < 3; index++) {
      const signals = (honest: readonly bigint[]) =>
        honest.map((signal, i) => (i === index ? signal + 1n : signal));
      expect(await judge({ slots, signals })).toBe("RoundVerifierProofRejected");
    }
  });

  it("a rule proof for another outcome, other terms or another mu, folded with the same alpha", async () => {
    const { proof, statement, gram } = settleNaively({ slots });
    const { alpha } = gram.messages;
    const words = proof.outcomeWords.length + statement.termsWords.length;
    for (let index = 0; index <= words; index++) {
      const signals = ([folded, ...rest]: readonly bigint[]) => [
        toScalar((folded as bigint) + scalarPower(alpha, BigInt(index))),
        ...rest,
      ];
      expect(await judge({ slots, signals })).toBe("RoundVerifierProofRejected");
    }
  });

  it("a rule proof that is off by the smallest error", async () => {
    expect(await judge({ slots, ruleError: 1n })).toBe("RoundVerifierProofRejected");
  });
});

describe("openings that do not exist", () => {
  it("a polynomial's value changed together with a remainder in the quotient", async () => {
    // What is opened then does not have zeta as a root, and its quotient is not a polynomial; with the public tau its commitment can be computed all the same. This is
    // why a development setup proves nothing, and the contract says so.
    const cheat: Cheat = {
      a: (a) => toScalar(a + 1n),
      aInv: (aInv, { a }) => toScalar((a - 1n) * aInv * scalarInverse(a)),
    };

    expect(await judge({ slots: 8, cheat })).toBe("RoundVerifierProofRejected");
    expect(await verifier.isDevelopmentSetup?.()).toBe(true);
  });

  it("whoever knows tau forges: the development setup is no protection, as its label says", async () => {
    const cheat: Cheat = {
      mu: (mu) => toScalar(mu + 1n),
      // S(1/zeta) comes out zeta too low: the last quotient has a remainder, which tau divides away.
      W: (W, { zeta, gamma, z }) => {
        const remainder =
          gamma * zeta * zeta * (z - zeta) * scalarInverse(toScalar(1n - zeta * zeta));
        return plusGenerators(remainder * scalarInverse(toScalar(DEVELOPMENT_TAU - z)))(W);
      },
    };

    expect(await judge({ slots: 8, cheat })).toBe("accepted");
  });
});
