import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Market, startMarket } from "../../services/market/market.ts";
import type { MarketEvent } from "../../services/market/market-event.ts";
import type { MarketOptions } from "../../services/market/market-plan.ts";

/** Runs a market in a folder of its own until its project has ended, and stops it after `use`. */
export async function withEndedMarket<Result>(
  options: MarketOptions,
  use: (market: Market, project: Awaited<Market["ended"]>) => Promise<Result>,
  onEvent: (event: MarketEvent) => void = () => {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "commonweight-bench-"));
  const stopping = new AbortController();
  try {
    const market = await startMarket(
      { ...options, port: 0, stateFolder: folder, signal: stopping.signal },
      onEvent,
    );
    const result = await use(market, await market.ended);
    await market.stop();
    return result;
  } finally {
    stopping.abort();
    rmSync(folder, { recursive: true, force: true });
  }
}
