import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectSigner } from "../adapters/chain/accounts/connect-signer.ts";
import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { deployMarket, deploymentJson } from "../adapters/chain/deploy.ts";
import { resolveAddresses } from "../adapters/chain/resolve-addresses.ts";
import { CONFIG_FILE_NAME } from "../adapters/config/config.ts";
import { readRunningMarket } from "../adapters/config/running-market.ts";
import { makeFolder } from "../adapters/make-folder.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { developmentSetup } from "./development-setup.ts";
import { marketErrors } from "./errors.ts";

const MARK = ".commonweight-market";
/** What markets leave that were made before there was a mark. */
const LEFT_BY_MARKETS = new Set([MARK, CONFIG_FILE_NAME, "deployment.json", "market.json"]);

/**
 * A chain that begins anew makes worthless what others remember of the old one.
 *
 * @throws CW6010 for a folder with anything in it that is not a market's, because nobody said that it may go; CW6003
 */
export function emptyFolder(stateFolder: string): void {
  const found = existsSync(stateFolder) ? readdirSync(stateFolder) : [];
  if (found.length > 0 && !found.some((name) => LEFT_BY_MARKETS.has(name))) {
    const message = `${stateFolder} holds ${found[0]}`;
    throw new CommonweightError(marketErrors.foreignFolder, message);
  }
  try {
    rmSync(stateFolder, { recursive: true, force: true });
    makeFolder(stateFolder);
    writeFileSync(join(stateFolder, MARK), "The next new market of this folder empties it.\n");
  } catch (cause) {
    throw new CommonweightError(marketErrors.stateFolder, stateFolder, { cause });
  }
}

/** Two markets in one folder would take the ground from under each other's feet. @throws CW6006 */
export async function requireNoMarket(stateFolder: string): Promise<void> {
  const running = readRunningMarket(join(stateFolder, CONFIG_FILE_NAME));
  if (running?.market === undefined) return;
  const { rpcUrl, market } = running;
  const isRunning = await resolveAddresses({ rpcUrl, market }).then(
    () => true,
    () => false,
  );
  if (isRunning) {
    throw new CommonweightError(marketErrors.alreadyRunning, `${stateFolder}, chain at ${rpcUrl}`);
  }
}

/** Deploys the market's contracts with development keys and keeps what explorers ask for. */
export async function deployContracts(
  rpcUrl: string,
  chainId: number,
  privateKey: string,
  stateFolder: string,
): Promise<MarketAddresses> {
  const { signer, close } = connectSigner(rpcUrl, chainId, privateKey);
  try {
    const deployment = await deployMarket({ signer, verifier: developmentSetup() });
    writeFileSync(join(stateFolder, "deployment.json"), deploymentJson(deployment));
    return deployment.addresses;
  } finally {
    close();
  }
}

/** Tells other commands, and the market's own processes, where the running market is. */
export function writeMarketConfig(
  stateFolder: string,
  network: { readonly rpcUrl: string; readonly chainId: number },
  { market, wrappedNative, deployBlock }: MarketAddresses,
): void {
  const config = {
    network: "embedded",
    networks: { embedded: { ...network, market, wrappedNative, deployBlock } },
  };
  writeFileSync(join(stateFolder, CONFIG_FILE_NAME), `${JSON.stringify(config, null, 2)}\n`);
}
