import { isError } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import type { Chain } from "../connect.ts";
import { toChainError } from "../errors.ts";

/** Names of blocks that move on with the chain, and less far than the newest one. */
export type FinalityTag = "safe" | "finalized";

/** A block as somebody asks for it: by such a name, or by its number. */
export type BlockChoice = "latest" | FinalityTag | number;

/**
 * The block that a node calls safe, or final: its chain's rules allow no reorganisation that replaces it.
 *
 * @returns undefined where the node names none: it knows no such tag, or its chain has nothing final but its beginning yet.
 * @throws CW2200 when the chain is away, CW2211 and CW2212 as other comparisons of nodes.
 */
export async function readFinalBlock(
  { provider }: Pick<Chain, "provider">,
  tag: FinalityTag,
): Promise<number | undefined> {
  try {
    const block = await provider.getBlock(tag);
    return block === null || block.number === 0 ? undefined : block.number;
  } catch (cause) {
    const isAway =
      cause instanceof CommonweightError ||
      isError(cause, "SERVER_ERROR") ||
      isError(cause, "NETWORK_ERROR") ||
      isError(cause, "TIMEOUT");
    if (isAway) throw toChainError(cause, `asking for the ${tag} block`);
    return undefined;
  }
}
