import { pause } from "../../protocol/pause.ts";
import type { Chain } from "./connect.ts";

/** How often a new block is looked for, as a part of the longest wait. */
const LOOKS_PER_WAIT = 4;

/**
 * Waits for a new block, at most `longestMs`. Whoever does something at each step of a round loses no time to its own polling, and still
 * looks after `longestMs` without a block, because deadlines pass without one. A node that does not answer counts as no news.
 */
export async function untilNews(
  chain: Chain,
  options: { readonly longestMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const { longestMs, signal } = options;
  const blockNumber = () => chain.provider.send("eth_blockNumber", []).catch(() => undefined);
  const seen = await blockNumber();
  for (let look = 0; look < LOOKS_PER_WAIT && !signal.aborted; look++) {
    await pause(longestMs / LOOKS_PER_WAIT, signal);
    const now = await blockNumber();
    if (now !== undefined && seen !== undefined && now !== seen) return;
  }
}
