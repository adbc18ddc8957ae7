import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { createCurves } from "../../../services/aggregator/proving/curves.ts";
import type { Curve } from "../../../services/protocol/curve.ts";

describe("an aggregator's curves", () => {
  test("of all sizes that projects have, only the largest one's powers stay in memory", async () => {
    const curves = createCurves({ threads: 1 });
    const sizes = Array.from({ length: 20 }, (_, index) => 10 + index);
    const asked = await Promise.all(sizes.map((size) => curves.forSize(size)));
    const held = await Promise.all(sizes.map((size) => curves.forSize(size)));

    // The first that was asked for, and the largest of those that came meanwhile.
    expect(new Set(asked).size).toBe(2);
    expect(new Set(held).size).toBe(1);
    const [small, large] = [asked[0] as Curve, held[0] as Curve];
    expect([small.parameterCount, large.parameterCount]).toEqual([10, 29]);
    const values = Int16Array.from({ length: 10 }, (_, index) => index - 5);
    expect(await large.commitIntegers(values)).toEqual(await small.commitIntegers(values));
    await curves.close();
  });

  test("one that is asked for while a smaller one is loaded is a larger one", async () => {
    const curves = createCurves({ threads: 1 });
    const small = curves.forSize(2000);
    await new Promise((resolve) => setImmediate(resolve));
    const large = await curves.forSize(30_000);

    expect((await small).parameterCount).toBeGreaterThanOrEqual(2000);
    expect(large.parameterCount).toBe(30_000);
    await curves.close();
  });

  test("all run on the same threads, and closing ends them", async () => {
    const curves = createCurves({ threads: 1 });
    const small = await curves.forSize(10);
    const large = await curves.forSize(30);
    const values = Int16Array.from({ length: 10 }, (_, index) => index - 5);
    await curves.close();
    await expect(small.commitIntegers(values)).rejects.toMatchObject({ code: "CW2005" });
    await expect(large.commitIntegers(values)).rejects.toMatchObject({ code: "CW2005" });
  });

  test("a size that cannot be opened harms no other, and may be asked for again", async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), "commonweight curves "));
    await (await openCurve({ parameterCount: 64, threads: 1, cacheDir }))[Symbol.asyncDispose]();
    const srsPath = join(cacheDir, "development-powers-64.ptau");
    const curves = createCurves({ threads: 1, srsPath });
    for (let time = 0; time < 2; time++) {
      const [few, many] = await Promise.allSettled([curves.forSize(10), curves.forSize(1e7)]);
      expect(many).toMatchObject({ status: "rejected", reason: { code: "CW2003" } });
      expect(few.status).toBe("fulfilled");
    }
    await curves.close();
    rmSync(cacheDir, { recursive: true });
  });
});
