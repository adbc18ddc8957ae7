import { expect, it } from "vitest";
import { measureMarketGas } from "../../bench/gas/market-gas.ts";

/** The file is under review: whoever changes the contracts writes it anew with `vitest -u` and says why in the commit. */
it("costs the gas that was last reviewed, step by step", async () => {
  const rows = await measureMarketGas();

  await expect(`${JSON.stringify(rows, null, 2)}\n`).toMatchFileSnapshot(
    "snapshots/market-gas.json",
  );
}, 120_000);

it("books outcomes for less than half of what a word per quantity costs", async () => {
  const rows = await measureMarketGas([]);
  const gasOf = (name: string) => rows.find(({ step }) => step.endsWith(name))?.gas ?? Number.NaN;

  expect(2 * gasOf(", batched")).toBeLessThan(gasOf(", unbatched"));
}, 60_000);
