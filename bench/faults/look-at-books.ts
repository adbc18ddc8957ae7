import type { Chain } from "../../services/adapters/chain/connect.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { readVaultState } from "../../services/adapters/chain/projects/vault-history.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";

const TRIES = 20;

/**
 * Whether the vault holds what it owes, to the wei, and no round was settled twice, as of the newest block. Looks again while the node
 * is silent or the block it began with is reorganised away.
 */
export async function areBooksSound(chain: Chain, projectId: bigint): Promise<boolean> {
  for (let look = 1; ; look++) {
    try {
      const blockTag = await chain.provider.getBlockNumber();
      const { terms } = await readProject(chain, projectId, { blockTag });
      const vault = await readVaultState(
        chain,
        { projectId, token: terms.rewardToken },
        { blockTag },
      );
      const rounds = (await readSettlements(chain, projectId)).map(({ roundIndex }) => roundIndex);
      return vault.owedWei === vault.balanceWei && new Set(rounds).size === rounds.length;
    } catch (error) {
      if (look === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
