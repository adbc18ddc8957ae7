import { existsSync } from "node:fs";
import { fetchMarket } from "../adapters/aggregator-client.ts";
import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import { countProjects, type Project, readProjects } from "../adapters/chain/projects/project.ts";
import { readBalance } from "../adapters/chain/tokens/token.ts";
import { readEncryptionKeys } from "../adapters/envelope/key-file.ts";
import type { Examination } from "../command-line/diagnosis.ts";
import { includesAddress, isSameAddress } from "../protocol/address.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import { describeBalance } from "./account-watch.ts";
import { aggregatorErrors } from "./errors.ts";

const PARTS = ["account", "balance", "encryption key", "endpoint", "bonds"] as const;

/** Looks at what an aggregator needs beyond a machine and a chain: keys, money, and that trainers find it. */
export async function examineAggregator(
  examination: Examination,
  options: { chain: Chain | undefined; keyFile: string; signal: AbortSignal },
): Promise<void> {
  const { chain, keyFile, signal } = options;
  if (chain?.account === undefined) {
    for (const part of PARTS) examination.skip(part, "needs the chain and a key");
    return;
  }
  const { account } = chain;
  let endpoint = "";
  let registeredKey: string | undefined;
  await examination.look("account", async () => {
    const found = await readParticipant(chain, account);
    if (found.registeredAt === 0) return `${account}, not registered yet; the first start does it`;
    endpoint = found.endpoint;
    registeredKey = found.encryptionKey;
    return `${account}, registered; fees go to ${found.payoutAddress}`;
  });
  await examination.look("balance", () => describeBalance(chain));
  await examination.look("encryption key", async () => compareKeys(keyFile, registeredKey));
  if (endpoint === "") examination.skip("endpoint", "none is registered yet");
  else await examination.look("endpoint", () => callEndpoint(chain, endpoint, signal));
  await examination.look("bonds", async () =>
    describeBonds(await ownProjects(chain, account), account, (token) =>
      meansWei(chain, account, token),
    ),
  );
}

function compareKeys(keyFile: string, registeredKey: string | undefined): string {
  if (!existsSync(keyFile)) {
    if (registeredKey === undefined) return "none yet; the first start makes it";
    throw new CommonweightError(aggregatorErrors.wrongEncryptionKey, `${keyFile} is missing`);
  }
  const { publicKey } = readEncryptionKeys(keyFile);
  const own = toHex(publicKey);
  if (registeredKey !== undefined && own !== registeredKey.toLowerCase()) {
    throw new CommonweightError(
      aggregatorErrors.wrongEncryptionKey,
      `${keyFile} has ${own}, and ${registeredKey} is registered`,
    );
  }
  return `${own}${registeredKey === undefined ? "" : ", as registered"}`;
}

async function callEndpoint(chain: Chain, endpoint: string, signal: AbortSignal): Promise<string> {
  const { aggregator } = await fetchMarket(endpoint, { signal });
  if (!isSameAddress(aggregator, chain.account ?? "")) {
    throw new CommonweightError(aggregatorErrors.wrongEndpoint, `${endpoint} is ${aggregator}'s`);
  }
  return `${endpoint} answers as this account`;
}

/** All projects that are not over and name the account. */
async function ownProjects(chain: Chain, account: string): Promise<Project[]> {
  const count = await countProjects(chain);
  const own: Project[] = [];
  for (let first = 1; first <= count; first += 50) {
    const page = await readProjects(chain, BigInt(first), 50);
    own.push(
      ...page.filter(
        ({ phase, terms }) => phase !== "ended" && includesAddress(terms.aggregators, account),
      ),
    );
  }
  return own;
}

/**
 * What is bonded, in words.
 *
 * @param projects Open projects that name the account.
 * @param readMeansWei What the account could deposit of a token.
 * @throws CW5012 when that is less than what is still to be deposited.
 */
export async function describeBonds(
  projects: readonly Pick<Project, "terms" | "bondsWei">[],
  account: string,
  readMeansWei: (token: string) => Promise<bigint>,
): Promise<string> {
  if (projects.length === 0) return "no open project names this account";
  const missingWei = new Map<string, bigint>();
  let bonded = 0;
  for (const { terms, bondsWei } of projects) {
    const { rewardToken, aggregatorBondWei } = terms;
    const place = terms.aggregators.findIndex((each) => isSameAddress(each, account));
    if ((bondsWei[place] ?? 0n) >= aggregatorBondWei) bonded++;
    else missingWei.set(rewardToken, (missingWei.get(rewardToken) ?? 0n) + aggregatorBondWei);
  }
  for (const [token, neededWei] of missingWei) {
    const heldWei = await readMeansWei(token);
    if (heldWei >= neededWei) continue;
    throw new CommonweightError(
      aggregatorErrors.bondMissing,
      `${neededWei} wei of ${token} are wanted for bonds, and the account has ${heldWei}`,
    );
  }
  const others = bonded < projects.length ? "; the service deposits the others" : "";
  return `${bonded} of ${projects.length} open projects bonded${others}`;
}

/** Of the wrapper of the chain's coin the service makes itself as much as it lacks, so coins count too. */
async function meansWei(chain: Chain, account: string, token: string): Promise<bigint> {
  const heldWei = await readBalance(chain, token, account);
  if (!isSameAddress(token, chain.addresses.wrappedNative)) return heldWei;
  return heldWei + (await chain.provider.getBalance(account));
}
