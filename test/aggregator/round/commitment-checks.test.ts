import { describe, expect, it, vi } from "vitest";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { CommitmentChecks } from "../../../services/aggregator/round/commitment-checks.ts";
import { secureBytes } from "../../../services/learning/random.ts";
import { commitUpdate } from "../../../services/protocol/gram/commitment.ts";

const curve = await openCurve({ parameterCount: 20, threads: 1 });

/** Openings of eight updates; the one at `wrong` is of another update than it claims. */
async function eight(wrong?: number) {
  return Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const update = Int16Array.from({ length: 20 }, (_, j) => j * index - 30);
      const blinding = BigInt(index + 1);
      const claimed = await commitUpdate(curve, { update, blinding });
      return { update: index === wrong ? update.with(3, 99) : update, blinding, claimed };
    }),
  );
}

describe("commitments that an aggregator checks", () => {
  it("are checked together when they come together", async () => {
    const openings = await eight();
    const commitIntegers = vi.spyOn(curve, "commitIntegers").mockClear();
    const checks = new CommitmentChecks(secureBytes);
    const found = await Promise.all(openings.map((each) => checks.commit(curve, each)));

    expect(found).toEqual(openings.map(({ claimed }) => claimed));
    // The first one by itself, the others by three.
    expect(commitIntegers).toHaveBeenCalledTimes(4);
  });

  it("are what the updates commit to, whoever claims something else beside honest ones", async () => {
    const openings = await eight(5);
    const checks = new CommitmentChecks(secureBytes);
    const found = await Promise.all(openings.map((each) => checks.commit(curve, each)));

    expect(found).toEqual(await Promise.all(openings.map((each) => commitUpdate(curve, each))));
    expect(found[5]).not.toEqual(openings[5]?.claimed);
    expect(found[4]).toEqual(openings[4]?.claimed);
  });

  it("fail for those who asked when the curve fails, and go on for the next", async () => {
    const [one] = await eight();
    const checks = new CommitmentChecks(secureBytes);
    vi.spyOn(curve, "commitIntegers").mockRejectedValueOnce(new Error("no memory"));

    await expect(checks.commit(curve, one as never)).rejects.toThrow("no memory");
    expect(await checks.commit(curve, one as never)).toEqual(one?.claimed);
  });
});
