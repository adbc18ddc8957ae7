import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { openFfjavascript } from "../../bench/curve/ffjavascript.ts";
import { openGnarkCrypto } from "../../bench/curve/gnark-crypto.ts";
import { measureOperations } from "../../bench/curve/measure-operations.ts";
import type { Contestant } from "../../bench/curve/operation.ts";
import { openOwnCurve } from "../../bench/curve/own-curve.ts";
import { UsageError } from "../../scripts/script-arguments.ts";

const LENGTH = 300;
const go = process.env.CW_GO ?? "";
const hasGo = go !== "" && spawnSync(go, ["version"]).status === 0;

/** Says that every operation took as long and committed to the same. */
const saying = (name: string, cpuSeconds: readonly number[], x = 1n): Contestant => {
  const times = [...cpuSeconds];
  return {
    name,
    measure: async (operation) =>
      operation === "integers"
        ? undefined
        : { cpuSeconds: times.shift() ?? 9, point: { x, y: 2n } },
    [Symbol.asyncDispose]: async () => {},
  };
};

describe("the bench of operations", () => {
  it("takes the fastest of some runs, and nothing from who does not offer one", async () => {
    const rows = await measureOperations([saying("one", [3, 2, 5]), saying("other", [1, 4, 4])], 3);

    expect(rows.map(({ cpuSeconds }) => cpuSeconds)).toEqual([
      { one: 2, other: 1 },
      {},
      { one: 9, other: 9 },
    ]);
  });

  it("fails when two programs do not get the same", async () => {
    const measuring = measureOperations([saying("one", []), saying("other", [], 7n)], 1);

    await expect(measuring).rejects.toThrow("one and other get different results");
  });

  it("finds our curve and ffjavascript of one opinion", async () => {
    await using own = await openOwnCurve(LENGTH);
    await using library = await openFfjavascript(LENGTH);

    const rows = await measureOperations([own, library], 1);

    expect(rows.map(({ cpuSeconds }) => Object.keys(cpuSeconds))).toEqual([
      ["here", "ffjavascript"],
      ["here", "ffjavascript"],
      ["here"],
    ]);
  });

  it("says that a program go is none", async () => {
    await expect(openGnarkCrypto(LENGTH, "/nowhere/go")).rejects.toThrow(UsageError);
  });
});

describe.skipIf(!hasGo)("beside gnark-crypto [needs CW_GO]", () => {
  it.each([LENGTH, 5000])(
    "all %i entries come to the same",
    async (length) => {
      await using own = await openOwnCurve(length);
      await using gnark = await openGnarkCrypto(length, go);

      const rows = await measureOperations([own, gnark], 1);

      expect(rows).toHaveLength(3);
      for (const { cpuSeconds } of rows) {
        expect(Object.keys(cpuSeconds)).toEqual(["here", "gnark-crypto"]);
      }
    },
    300_000,
  );
});
