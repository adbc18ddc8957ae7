import { beforeAll, expect, it } from "vitest";
import { measureMarketGas } from "../../bench/gas/market-gas.ts";
import type { MarketGas } from "../../bench/gas/step-gas.ts";

let rows: MarketGas[];

beforeAll(async () => {
  rows = await measureMarketGas();
});

const gasOf = (name: string) => rows.find(({ step }) => step.endsWith(name))?.gas ?? Number.NaN;

/** The file is under review: whoever changes the contracts writes it anew with `vitest -u` and says why in the commit. */
it("costs the gas that was last reviewed, step by step", async () => {
  await expect(`${JSON.stringify(rows, null, 2)}\n`).toMatchFileSnapshot(
    "snapshots/market-gas.json",
  );
});

it("books outcomes for less than half of what a word per quantity costs", () => {
  expect(2 * gasOf(", batched")).toBeLessThan(gasOf(", unbatched"));
});

it("settles for less when pay is transferred seldom", () => {
  expect(gasOf("pay transferred every 4 rounds")).toBeLessThan(
    gasOf("pay transferred every round"),
  );
});
