import type { Chain } from "../adapters/chain/connect.ts";
import { readProject } from "../adapters/chain/projects/project.ts";
import { joinProject, readTrainer } from "../adapters/chain/projects/project-trainer.ts";
import { findPlace } from "../adapters/chain/rounds/find-place.ts";
import { allowDeposit } from "../adapters/chain/tokens/allow-deposit.ts";
import { topUpWrapped } from "../adapters/chain/tokens/token-balance.ts";
import { registerTrainer } from "./register-trainer.ts";

/** What joining did. */
export interface JoinedProject {
  readonly projectId: bigint;
  readonly account: string;
  readonly stakeWei: bigint;
  /** False when the account was in the project before; nothing was sent then. */
  readonly isNew: boolean;
}

/**
 * Registers this account where needed, locks the stake and joins. Repeating it changes nothing.
 *
 * @param options.confirm Called with the stake before it is locked; rejects to stop.
 */
export async function joinWithStake(
  chain: Chain,
  options: {
    projectId: bigint;
    /** X25519 public key, 32 bytes. */
    encryptionKey: Uint8Array;
    payoutAddress?: string | undefined;
    stakeWei?: bigint | undefined;
    confirm: (stakeWei: bigint, rewardToken: string) => Promise<void>;
  },
): Promise<JoinedProject> {
  const { projectId, encryptionKey, payoutAddress } = options;
  const account = chain.account as string;
  const project = await readProject(chain, projectId);
  const { terms } = project;
  const before = await readTrainer(chain, projectId, account);
  if (!["none", "left", "released"].includes(before.status)) {
    return { projectId, account, stakeWei: before.stakeWei, isNew: false };
  }
  // Before anything is asked or sent: a full project may have no place.
  await findPlace(chain, project, account);
  const stakeWei = options.stakeWei ?? terms.stakeWei;
  await options.confirm(stakeWei, terms.rewardToken);
  await registerTrainer(chain, { encryptionKey, payoutAddress });
  await topUpWrapped(chain, terms.rewardToken, stakeWei);
  const first = await allowDeposit(chain, terms.rewardToken, stakeWei);
  // By now the place may be somebody else's.
  const place = await findPlace(chain, await readProject(chain, projectId), account);
  await joinProject(chain, projectId, stakeWei, [...first, ...place]);
  return { projectId, account, stakeWei, isNew: true };
}
