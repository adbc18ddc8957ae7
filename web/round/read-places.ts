import type { Chain } from "../../services/adapters/chain/connect.ts";
import { toChainError } from "../../services/adapters/chain/errors.ts";
import type { EventPlace } from "../../services/adapters/chain/project-events.ts";

/** When something happened, and what its transaction cost. */
export interface PlaceFacts {
  /** Unix seconds of the block. */
  readonly at: number;
  readonly gasUsed: bigint;
  readonly sender: string;
}

/** Times and gas by transaction hash; each block and each transaction is asked for once. @throws CW2200 */
export async function readPlaces(
  chain: Pick<Chain, "provider">,
  places: readonly EventPlace[],
): Promise<ReadonlyMap<string, PlaceFacts>> {
  const blocks = new Map<number, ReturnType<Chain["provider"]["getBlock"]>>();
  const hashes = new Map(
    places.map(({ transactionHash, blockNumber }) => [transactionHash, blockNumber]),
  );
  try {
    const facts = [...hashes].map(async ([hash, number]): Promise<[string, PlaceFacts]> => {
      const asked = blocks.get(number) ?? chain.provider.getBlock(number);
      blocks.set(number, asked);
      const [block, receipt] = await Promise.all([
        asked,
        chain.provider.getTransactionReceipt(hash),
      ]);
      const { gasUsed = 0n, from: sender = "" } = receipt ?? {};
      return [hash, { at: block?.timestamp ?? 0, gasUsed, sender }];
    });
    return new Map(await Promise.all(facts));
  } catch (cause) {
    throw toChainError(cause, "reading times and gas");
  }
}
