import type { Chain } from "../../adapters/chain/connect.ts";
import { toChainError } from "../../adapters/chain/errors.ts";
import { findPostings } from "../../adapters/chain/projects/project-posting.ts";
import { readNonceUse } from "../../adapters/chain/transactions/nonce-use.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { ownerErrors } from "../errors.ts";
import { type ProjectFolder, writeProjectFile } from "./project-folder.ts";

/**
 * Looks what became of a posting that its process did not see the end of, so that nobody pays a second escrow for it. A project that is
 * found is written into the folder; of a transaction that no node knows nothing is left to do.
 *
 * @throws CW4020 when the project is there, CW4026 when its transaction is still on its way.
 */
export async function refuseUnfinishedPosting(
  chain: Chain,
  { folder, project }: ProjectFolder,
): Promise<void> {
  const { posting, ...rest } = project;
  const chainId = chain.chainId.toString();
  const { market } = chain.addresses;
  if (posting === undefined || posting.chainId !== chainId) return;
  if (!isSameAddress(posting.market, market)) return;
  const { manifestCid, transactionHash, fromBlock } = posting;
  const isWaiting = await isUnderWay(chain, posting);
  // By what was posted, not by the transaction: one that paid more may have taken its place.
  const found = (await findPostings(chain, fromBlock)).find(
    (each) =>
      each.manifestCid === manifestCid && isSameAddress(each.owner, chain.account as string),
  );
  if (found !== undefined) {
    const projectId = found.projectId.toString();
    const posted = { projectId, chainId, market, transactionHash: found.transactionHash };
    await writeProjectFile(folder, { ...rest, posted });
    throw new CommonweightError(
      ownerErrors.postedAlready,
      `as project ${projectId} of the market ${market}, by a run that was interrupted`,
    );
  }
  if (isWaiting) {
    throw new CommonweightError(ownerErrors.postingUnderWay, `transaction ${transactionHash}`);
  }
}

/** Looked at before the blocks are: what is mined in between is found in them. */
async function isUnderWay(
  chain: Chain,
  { transactionHash, nonce }: NonNullable<ProjectFolder["project"]["posting"]>,
): Promise<boolean> {
  // One that pays more has taken its place under another hash.
  if (nonce !== undefined) return (await readNonceUse(chain, nonce)) === "waiting";
  const known = await chain.provider.getTransaction(transactionHash).catch((cause: unknown) => {
    throw toChainError(cause, "looking for the posting");
  });
  return known !== null;
}
