import type { Chain } from "../../adapters/chain/connect.ts";
import { toChainError } from "../../adapters/chain/errors.ts";
import { findAddedBudget } from "../../adapters/chain/projects/budget-log.ts";
import { addBudget } from "../../adapters/chain/projects/project.ts";
import { allowDeposit } from "../../adapters/chain/tokens/allow-deposit.ts";
import { topUpWrapped } from "../../adapters/chain/tokens/token-balance.ts";
import { readNonceUse } from "../../adapters/chain/transactions/nonce-use.ts";
import type { Receipt } from "../../adapters/chain/transactions/transaction-receipt.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { ownerErrors } from "../errors.ts";
import type { FundingSubject, PendingFundings } from "./pending-funding.ts";

/** What is to be funded. */
export interface Funding {
  readonly projectId: bigint;
  readonly rewardToken: string;
  readonly amountWei: bigint;
}

const subjectOf = (chain: Chain, projectId: bigint): FundingSubject => ({
  chainId: chain.chainId.toString(),
  market: chain.addresses.market,
  account: chain.account as string,
  projectId: projectId.toString(),
});

/**
 * Looks what became of a funding that its process did not see the end of, so that nobody pays twice without knowing. One that is in a
 * block is told once and forgotten; of one that no node has, nothing is left to do, because the next transaction takes its place.
 *
 * @throws CW4027 when the money is there, CW4028 when its transaction is still on its way.
 */
export async function refuseUnfinishedFunding(
  chain: Chain,
  projectId: bigint,
  around: { readonly pending: PendingFundings; readonly show: (amountWei: bigint) => string },
): Promise<void> {
  const subject = subjectOf(chain, projectId);
  const unfinished = around.pending.find(subject);
  if (unfinished === undefined) return;
  const use = await readNonceUse(chain, unfinished.nonce);
  const added = await findAddedBudget(chain, projectId, unfinished);
  const shown = around.show(BigInt(unfinished.amountWei));
  if (added === undefined && use === "waiting") {
    throw new CommonweightError(
      ownerErrors.fundingUnderWay,
      `${shown} for project ${projectId}, transaction ${unfinished.transactionHash}`,
    );
  }
  around.pending.remove(subject);
  if (added === undefined) return;
  throw new CommonweightError(
    ownerErrors.fundedAlready,
    `project ${projectId} got ${shown} by a run that was interrupted (transaction ${added.transactionHash})`,
    { details: { projectId: subject.projectId, transactionHash: added.transactionHash } },
  );
}

/** Adds budget to a project, and remembers it until it is mined. @throws CW4013 when that cannot be written, before anything is sent */
export async function fundProject(
  chain: Chain,
  { projectId, rewardToken, amountWei }: Funding,
  pending: PendingFundings,
): Promise<Receipt> {
  await topUpWrapped(chain, rewardToken, amountWei);
  const first = await allowDeposit(chain, rewardToken, amountWei);
  const subject = subjectOf(chain, projectId);
  const fromBlock = await chain.provider.getBlockNumber().catch((cause: unknown) => {
    throw toChainError(cause, "reading the latest block");
  });
  const receipt = await addBudget(chain, { projectId, amountWei }, first, {
    onSent: (transactionHash, nonce = 0) =>
      pending.save({
        ...subject,
        amountWei: amountWei.toString(),
        transactionHash,
        nonce,
        fromBlock,
      }),
  });
  pending.remove(subject);
  return receipt;
}
