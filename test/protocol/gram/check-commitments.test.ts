import { describe, expect, it, vi } from "vitest";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { secureBytes } from "../../../services/learning/random.ts";
import { INFINITY, SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import {
  type ClaimedOpening,
  MOST_OPENINGS,
  openAllCommitments,
} from "../../../services/protocol/gram/check-commitments.ts";
import { commitUpdate } from "../../../services/protocol/gram/commitment.ts";
import { randomScalar } from "../../../services/protocol/scalar.ts";

const curve = await openCurve({ parameterCount: 40, threads: 1 });

/** Honest openings of random updates, with every extreme among their entries. */
async function openings(count: number): Promise<ClaimedOpening[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const bytes = secureBytes(80);
      const update = new Int16Array(bytes.buffer, bytes.byteOffset, 40);
      update.set([-32768, 32767, 0, -1, 1]);
      const blinding = randomScalar(secureBytes);
      return { update, blinding, claimed: await commitUpdate(curve, { update, blinding }) };
    }),
  );
}
const isRight = (each: readonly ClaimedOpening[]) => openAllCommitments(curve, each, secureBytes);

describe("openings that are checked at once", () => {
  it("are right when each of them is, up to as many as fit, for three commitments' work", async () => {
    const commitIntegers = vi.spyOn(curve, "commitIntegers");
    const all = await openings(MOST_OPENINGS);
    commitIntegers.mockClear();

    expect(await isRight(all)).toBe(true);
    expect(commitIntegers).toHaveBeenCalledTimes(3);
    expect(await isRight(all.slice(0, 1))).toBe(true);
    await expect(isRight([...all, ...all])).rejects.toThrow(RangeError);
  });

  it("are right with the greatest factors and entries", async () => {
    const greatest = (length: number) => new Uint8Array(length).fill(255);
    for (const value of [-32768, 32767]) {
      const update = new Int16Array(40).fill(value);
      const blinding = SCALAR_FIELD - 1n;
      const claimed = await commitUpdate(curve, { update, blinding });
      const all = new Array<ClaimedOpening>(MOST_OPENINGS).fill({ update, blinding, claimed });
      expect(await openAllCommitments(curve, all, greatest)).toBe(true);
    }
  });

  it.each([
    ["another entry", (one: ClaimedOpening) => ({ ...one, update: one.update.with(39, 7) })],
    ["another blinding", (one: ClaimedOpening) => ({ ...one, blinding: one.blinding ^ 1n })],
    ["no commitment", (one: ClaimedOpening) => ({ ...one, claimed: INFINITY })],
  ])("are not when one of them has %s", async (_, change) => {
    const all = await openings(5);
    all[2] = change(all[2] as ClaimedOpening);

    expect(await isRight(all)).toBe(false);
  });

  it("are not when two of them lie in opposite ways: the sum alone would be right", async () => {
    const all = await openings(5);
    const shifted = (one: ClaimedOpening, by: number): ClaimedOpening => ({
      ...one,
      update: one.update.with(9, (one.update[9] as number) + by),
    });
    for (const one of all) one.update[9] = 100;
    const right = await Promise.all(
      all.map(async (one) => ({ ...one, claimed: await commitUpdate(curve, one) })),
    );
    expect(await isRight(right)).toBe(true);
    right[0] = shifted(right[0] as ClaimedOpening, 1);
    right[1] = shifted(right[1] as ClaimedOpening, -1);

    expect(await isRight(right)).toBe(false);
  });
});
