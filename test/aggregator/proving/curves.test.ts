import { describe, expect, test } from "vitest";
import { createCurves } from "../../../services/aggregator/proving/curves.ts";

describe("an aggregator's curves", () => {
  test("each size is opened once, all run on the same threads, and closing ends them", async () => {
    const curves = createCurves({ threads: 1 });
    const [small, again, large] = await Promise.all([
      curves.forSize(10),
      curves.forSize(10),
      curves.forSize(30),
    ]);

    expect(again).toBe(small);
    const values = Int16Array.from({ length: 10 }, (_, index) => index - 5);
    expect(await large.commitIntegers(values)).toEqual(await small.commitIntegers(values));
    await curves.close();
    await expect(small.commitIntegers(values)).rejects.toMatchObject({ code: "CW2005" });
    await expect(large.commitIntegers(values)).rejects.toMatchObject({ code: "CW2005" });
  });

  test("a size that cannot be opened harms no other, and may be asked for again", async () => {
    const curves = createCurves({ threads: 1 });
    await expect(curves.forSize(0)).rejects.toMatchObject({ code: "CW2003" });
    await expect(curves.forSize(0)).rejects.toMatchObject({ code: "CW2003" });

    const curve = await curves.forSize(10);
    expect(curve.parameterCount).toBeGreaterThanOrEqual(10);
    await curves.close();
  });
});
