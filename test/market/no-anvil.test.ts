import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { startMarket } from "../../services/market/market.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";

vi.mock("../../services/adapters/anvil-chain.ts", () => ({ findAnvil: () => undefined }));

const folder = mkdtempSync(join(tmpdir(), "commonweight anvil "));
afterAll(() => rmSync(folder, { recursive: true }));

it("a market that is to be kept says that anvil is missing before it touches anything", async () => {
  const stateFolder = join(folder, "market");
  const { signal } = new AbortController();

  const starting = startMarket(
    { ...defaultMarketOptions, stateFolder, port: 0, node: "anvil", signal },
    () => {},
  );

  await expect(starting).rejects.toMatchObject({ code: "CW6008" });
  expect(existsSync(stateFolder)).toBe(false);
});
