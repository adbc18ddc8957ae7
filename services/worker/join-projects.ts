import type { Chain } from "../adapters/chain/connect.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { joinProject, readTrainer } from "../adapters/chain/projects/project-trainer.ts";
import { findPlace } from "../adapters/chain/rounds/find-place.ts";
import { DepositDesk } from "../adapters/chain/tokens/deposit-desk.ts";
import type { EncryptionKeyPair } from "../protocol/sealing/envelope.ts";
import { registerTrainer } from "./register-trainer.ts";

/**
 * Registers this account where needed and joins the projects that it is not in, side by side.
 *
 * @throws What the first project fails with, once every other has been tried.
 */
export async function joinProjects(
  chain: Chain,
  projects: readonly Project[],
  options: {
    readonly encryptionKeys: Pick<EncryptionKeyPair, "publicKey">;
    /** Where earnings go, on registration; the account by default. */
    readonly payoutAddress?: string | undefined;
    /** In each project's own token; the least that its terms ask for by default. */
    readonly stakeWei?: ((projectId: bigint) => bigint | undefined) | undefined;
    readonly onJoined: (projectId: bigint, stakeWei: bigint) => void;
  },
): Promise<void> {
  const account = chain.account as string;
  const { encryptionKeys, payoutAddress, stakeWei: stakeOf, onJoined } = options;
  // Beside what the stake needs: on a chain of slow blocks, each transaction that waits for another is a block more.
  const registered = registerTrainer(chain, {
    encryptionKey: encryptionKeys.publicKey,
    payoutAddress,
  });
  registered.catch(() => undefined);
  const deposits = new DepositDesk(chain);
  const join = async (project: Project) => {
    const { projectId, terms } = project;
    const stakeWei = stakeOf?.(projectId) ?? terms.stakeWei;
    const { status } = await readTrainer(chain, projectId, account);
    // Who was away and lost its place meanwhile comes back.
    if (status !== "none" && status !== "released") return;
    const place = await findPlace(chain, project, account);
    await deposits.deposit({
      token: terms.rewardToken,
      amountWei: stakeWei,
      send: async (first) => {
        await registered;
        return joinProject(chain, projectId, stakeWei, [...first, ...place]);
      },
    });
    onJoined(projectId, stakeWei);
  };
  const joins = await Promise.allSettled(projects.map(join));
  for (const joined of joins) if (joined.status === "rejected") throw joined.reason;
  await registered;
}
