import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../../adapters/make-folder.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { ownerErrors } from "../errors.ts";
import { fileFailure } from "./project-folder.ts";

const digits = z.string().regex(/^\d+$/);

/** A funding that was signed and whose end nobody has seen: written before any node has it, gone once it is mined. */
const pendingFundingSchema = z.strictObject({
  chainId: digits,
  market: z.string(),
  account: z.string(),
  projectId: digits,
  amountWei: digits,
  transactionHash: z.string(),
  nonce: z.int().min(0),
  /** The newest block when it was signed. */
  fromBlock: z.int().min(0),
});
export type PendingFunding = z.infer<typeof pendingFundingSchema>;

const fileSchema = z.strictObject({
  version: z.literal(1),
  fundings: z.array(pendingFundingSchema),
});

/** Whose funding of what: of one there is at most one under way. */
export type FundingSubject = Pick<PendingFunding, "chainId" | "market" | "account" | "projectId">;

const isOf = (subject: FundingSubject) => (each: PendingFunding) =>
  each.chainId === subject.chainId &&
  each.projectId === subject.projectId &&
  isSameAddress(each.market, subject.market) &&
  isSameAddress(each.account, subject.account);

/** What is remembered of fundings under way, in the file `pending-fundings.json` of the state folder. */
export interface PendingFundings {
  find(subject: FundingSubject): PendingFunding | undefined;
  /** On disk when it returns. @throws CW4013 */
  save(pending: PendingFunding): void;
  remove(subject: FundingSubject): void;
}

/** @throws CW4013 for a file that cannot be read, CW4029 for a damaged one: what is in it may be money. */
export function openPendingFundings(stateFolder: string): PendingFundings {
  const path = join(stateFolder, "pending-fundings.json");
  const write = (fundings: readonly PendingFunding[]) => {
    try {
      makeFolder(stateFolder);
      // Whole or not at all: a file that is cut short tells nothing.
      writeFileSync(`${path}.new`, `${JSON.stringify({ version: 1, fundings }, null, 2)}\n`);
      renameSync(`${path}.new`, path);
    } catch (cause) {
      throw fileFailure(path, cause);
    }
  };
  return {
    find: (subject) => read(path).find(isOf(subject)),
    save: (pending) => write([...read(path).filter((each) => !isOf(pending)(each)), pending]),
    remove: (subject) => {
      const fundings = read(path);
      if (fundings.some(isOf(subject))) write(fundings.filter((each) => !isOf(subject)(each)));
    },
  };
}

function read(path: string): PendingFunding[] {
  if (!existsSync(path)) return [];
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw fileFailure(path, cause);
  }
  try {
    return fileSchema.parse(JSON.parse(text)).fundings;
  } catch (cause) {
    throw new CommonweightError(ownerErrors.fundingsDamaged, path, { cause });
  }
}
