import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import type { Curve } from "../../services/protocol/curve.ts";
import { verifyGram } from "../../services/protocol/gram-verifier.ts";
import { toScalar } from "../../services/protocol/scalar.ts";
import { trustRule } from "../../services/protocol/trust-rule.ts";
import { cheat } from "./cheating-prover.ts";
import { seededBytes } from "./gram-cases.ts";
import { roundInput } from "./round-rule-cases.ts";

/**
 * A trainer submits somebody else's commitment as its own, before that one is on chain. Alone it gains nothing, for it has no bundle that
 * opens it. With an aggregator that has the victim's key it takes the victim's pay. Nothing prevents that: this test states what
 * docs/threat-model.md says remains, and has to change when something does.
 */
const D = 40;
const VICTIM = 6;
const THIEF = 3;

/** Reference, pay gradient, no last aggregate, five trainers: a common direction with noise. */
function vectors(): number[][] {
  const bytes = seededBytes("copied commitment");
  return Array.from({ length: 8 }, (_, slot) => {
    const noise = bytes(D);
    return slot === 2 ? new Array<number>(D).fill(0) : Array.from(noise, (byte) => 60 + byte);
  });
}

const round = (slots: readonly (readonly number[])[]) =>
  roundInput({
    name: "copied commitment",
    slotCount: 8,
    slots: slots.map((slot, index) => (index === 2 ? null : slot)),
    baseWeights: [100, 100, 100, 100, 100],
    ruleId: 1,
  });

let curve: Curve & AsyncDisposable;
beforeAll(async () => {
  curve = await openCurve({ parameterCount: 64, threads: 1 });
});
afterAll(() => curve[Symbol.asyncDispose]());

describe("a commitment that a colluding trainer has copied and an aggregator opens for it", () => {
  const honest = vectors();
  const copied = honest.with(THIEF, honest[VICTIM] as number[]);

  test("is proven as any other, though two commitments are the same point", async () => {
    const { gram } = round(copied);
    const proof = await cheat({
      curve,
      vectors: copied.map((vector) => vector.map((entry) => toScalar(BigInt(entry)))),
      blindings: copied.map((_, slot) =>
        slot === 2 ? 0n : 100n + BigInt(slot === THIEF ? VICTIM : slot),
      ),
      dummy: Array.from({ length: 32 }, (_, j) => BigInt(j + 1) ** 40n),
      dummyBlinding: 5n,
      gram,
      context: 7n,
      parameterCount: D,
    });

    expect(proof.commitments[THIEF]).toEqual(proof.commitments[VICTIM]);
    expect(await verifyGram({ ...proof, curve })).toMatchObject({ isAccepted: true });
  });

  test("is paid, and its author is the duplicate", () => {
    const before = trustRule.evaluate(round(honest));
    const after = trustRule.evaluate(round(copied));

    expect(before.verdicts[VICTIM - 3]).toBe("accepted");
    expect(before.shares[VICTIM - 3]).toBeGreaterThan(0);
    expect(after.verdicts[THIEF - 3]).toBe("accepted");
    expect(after.shares[THIEF - 3]).toBeGreaterThan(0);
    expect(after.verdicts[VICTIM - 3]).toBe("duplicate");
    expect(after.shares[VICTIM - 3]).toBe(0);
  });

  test("does nothing for whoever comes second", () => {
    const late = honest.with(7, honest[VICTIM] as number[]);

    expect(trustRule.evaluate(round(late)).verdicts.slice(VICTIM - 3)).toEqual([
      "accepted",
      "duplicate",
    ]);
  });
});
