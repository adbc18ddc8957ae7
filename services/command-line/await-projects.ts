import type { Chain } from "../adapters/chain/connect.ts";
import { isChainUnreachable } from "../adapters/chain/errors.ts";
import { countProjects } from "../adapters/chain/projects/project.ts";
import { openBlockNews } from "../adapters/chain/rpc/block-news.ts";

/** How often it is looked without news. */
const LOOK_EVERY_MS = 1000;

/**
 * Waits until projects are posted: who takes part in one may start before its owner posts it, and loses no time to starting then. A
 * chain that is away is waited for, too.
 *
 * @param options.onWaiting Called once, before the first wait.
 */
export async function awaitProjects(
  chain: Chain,
  projectIds: readonly bigint[],
  options: { readonly signal: AbortSignal; readonly onWaiting: () => void },
): Promise<void> {
  const { signal, onWaiting } = options;
  const last = projectIds.toSorted((one, other) => (one < other ? -1 : 1)).at(-1) ?? 0n;
  const arePosted = async () => {
    try {
      return BigInt(await countProjects(chain)) >= last;
    } catch (error) {
      if (!isChainUnreachable(error)) throw error;
      return false;
    }
  };
  if (await arePosted()) return;
  onWaiting();
  const news = openBlockNews(chain);
  try {
    do {
      await news.until({ longestMs: LOOK_EVERY_MS, signal });
      signal.throwIfAborted();
    } while (!(await arePosted()));
  } finally {
    news.close();
  }
}
