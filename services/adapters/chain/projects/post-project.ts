import type { G1Point } from "../../../protocol/curve.ts";
import { CommonweightError } from "../../../protocol/errors.ts";
import { cidToBytes } from "../cid-bytes.ts";
import { type Chain, call, type OnSent } from "../connect.ts";
import { chainErrors } from "../errors.ts";
import { type MarketCall, sendMarketCall } from "../market-calls.ts";
import type { Receipt } from "../transactions/transaction-receipt.ts";
import { fromTerms, type ProjectTerms } from "./project-terms.ts";

/** What posting a project with these terms moves into the vault. */
export async function requiredEscrow(chain: Chain, terms: ProjectTerms): Promise<bigint> {
  return call<bigint>(chain.market, "requiredEscrow", fromTerms(terms));
}

/** What posting takes. */
export interface Posting {
  readonly terms: ProjectTerms;
  readonly modelCommitment: G1Point;
  readonly modelCid: string;
  readonly manifestCid: string;
  /** Called before the transaction is waited for. */
  readonly onSent?: OnSent;
}

/**
 * Posts a project and returns its id. The vault needs an allowance of `requiredEscrow` (see `approveVault`), or else a
 * permit for it among the calls that come first in the same transaction.
 */
export async function postProject(
  chain: Chain,
  posting: Posting,
  first: readonly MarketCall[] = [],
): Promise<{ projectId: bigint; receipt: Receipt }> {
  const values = [
    fromTerms(posting.terms),
    posting.modelCommitment,
    cidToBytes(posting.modelCid),
    cidToBytes(posting.manifestCid),
  ];
  const receipt = await sendMarketCall(
    chain,
    { method: "postProject", args: values },
    first,
    posting.onSent && { onSent: posting.onSent },
  );
  return { projectId: await postedProjectId(chain, receipt), receipt };
}

/** The id of the project that a transaction posted. @throws CW2206 when it posted none. */
export async function postedProjectId(
  chain: Chain,
  { hash, blockNumber }: Pick<Receipt, "hash" | "blockNumber">,
): Promise<bigint> {
  const event = chain.market.getEvent("ProjectPosted");
  const logs = await chain.market.queryFilter(event, blockNumber, blockNumber);
  const log = logs.find((each) => each.transactionHash === hash);
  if (log === undefined) {
    throw new CommonweightError(chainErrors.notFound, `transaction ${hash} posted no project`);
  }
  return (log as unknown as { args: { projectId: bigint } }).args.projectId;
}
