import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../adapters/chain/accounts/development-accounts.ts";
import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { DEVELOPMENT_MNEMONIC } from "../adapters/embedded-chain.ts";
import { type MarketAccounts, marketAccountCount, marketAccounts } from "./market-accounts.ts";
import type { MarketEvent } from "./market-event.ts";
import { deployContracts, writeMarketConfig } from "./market-folder.ts";
import type { MarketProcesses } from "./market-processes.ts";
import type { OwnNode } from "./own-node.ts";

/** A chain with the market's contracts on it, and who is who there. */
export interface MarketNetwork {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: MarketAddresses;
  readonly accounts: MarketAccounts;
}

/** Starts the chain, or takes somebody's own node, deploys the contracts unless they are there, and tells all commands where they are. */
export async function openMarketNetwork(
  processes: MarketProcesses,
  options: {
    readonly stateFolder: string;
    readonly trainers: number;
    readonly node: "hardhat" | "anvil";
    readonly ownNode: OwnNode | undefined;
    /** The contracts of a market that goes on. */
    readonly deployed: MarketAddresses | undefined;
    readonly onEvent: (event: MarketEvent) => void;
  },
): Promise<MarketNetwork> {
  const { stateFolder, trainers, node, ownNode, deployed, onEvent } = options;
  const all: readonly DevelopmentAccount[] =
    ownNode?.accounts ?? developmentAccounts(DEVELOPMENT_MNEMONIC, marketAccountCount(trainers));
  const accounts = marketAccounts(all, trainers);
  const { rpcUrl, chainId } = ownNode ?? (await processes.startChain(node, all.length));
  onEvent({ process: "chain", type: "chain-ready", rpcUrl });
  const addresses =
    deployed ?? (await deployContracts(rpcUrl, chainId, accounts.deployer.privateKey, stateFolder));
  writeMarketConfig(stateFolder, { rpcUrl, chainId }, addresses);
  if (deployed === undefined) onEvent({ process: "chain", type: "deployed", addresses });
  return { rpcUrl, chainId, addresses, accounts };
}
