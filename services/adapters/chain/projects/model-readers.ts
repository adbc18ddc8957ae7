import { isSameAddress } from "../../../protocol/address.ts";
import { fromHex } from "../../../protocol/hex.ts";
import type { Chain } from "../connect.ts";
import { readParticipant } from "./participant.ts";
import type { ProjectTerms } from "./project-terms.ts";
import { type ProjectTrainer, readTrainer } from "./project-trainer.ts";

/** Who may read a project's private models, besides its trainers. */
export interface ModelOwners {
  readonly owner: string;
  readonly terms: Pick<ProjectTerms, "referee" | "aggregators">;
}

const isReading = ({ status }: Pick<ProjectTrainer, "status">) =>
  status === "active" || status === "leaving";

/**
 * Registered encryption keys of a private project's readers: owner, referee, aggregators, and trainers that are in the project now.
 * Accounts that are not registered have no key and are left out.
 */
export async function readReaderKeys(
  chain: Chain,
  { owner, terms }: ModelOwners,
  trainers: readonly Pick<ProjectTrainer, "trainer" | "status">[] = [],
): Promise<Uint8Array[]> {
  const accounts = [
    owner,
    terms.referee,
    ...terms.aggregators,
    ...trainers.filter(isReading).map(({ trainer }) => trainer),
  ];
  const keys = await Promise.all(accounts.map((account) => readEncryptionKey(chain, account)));
  return keys.filter((key) => key !== undefined);
}

/** An account's registered X25519 public key; undefined when it is not registered. */
export async function readEncryptionKey(
  chain: Chain,
  account: string,
): Promise<Uint8Array | undefined> {
  const { registeredAt, encryptionKey } = await readParticipant(chain, account);
  return registeredAt === 0 ? undefined : fromHex(encryptionKey);
}

/** Whether an account may read the project's private models, as the chain has it now. */
export async function isModelReader(
  chain: Chain,
  project: ModelOwners & { readonly projectId: bigint },
  account: string,
): Promise<boolean> {
  const { owner, terms } = project;
  if ([owner, terms.referee, ...terms.aggregators].some((each) => isSameAddress(each, account)))
    return true;
  return isReading(await readTrainer(chain, project.projectId, account));
}
