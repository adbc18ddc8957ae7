import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { isPublicUrl } from "../adapters/chain/rpc/public-url.ts";
import type { IpfsNodeOptions } from "../adapters/ipfs/ipfs-node-options.ts";
import type { KeepingSettings } from "../housekeeping/start-collecting.ts";
import type { EncryptionKeyPair } from "../protocol/sealing/envelope.ts";
import type { ServingRules } from "./projects/served-projects.ts";

/** Everything a running aggregator is told. */
export interface AggregatorSettings {
  readonly rpcUrl: string;
  /** Node that others are told of; the service's own when its address holds nothing but where it is, none otherwise. */
  readonly publicRpcUrl?: string | undefined;
  /** For whom it works; for everybody who names its account when absent. */
  readonly serving?: ServingRules | undefined;
  /** Other nodes that have to give the same answers. */
  readonly compareUrls?: readonly string[] | undefined;
  readonly chainId?: number | undefined;
  readonly addresses: MarketAddresses;
  readonly privateKey: string;
  readonly encryptionKeys: EncryptionKeyPair;
  /** Registers these encryption keys when others are registered; refuses to start by default. */
  readonly isKeyReplaced?: boolean | undefined;
  /** Where earnings and fees go; the account itself by default. */
  readonly payoutAddress?: string | undefined;
  readonly stateFolder: string;
  /** Powers of tau; may be shared with other programs. */
  readonly cacheFolder: string;
  readonly host: string;
  readonly port: number;
  /** URL under which others reach this service; what it listens on by default. */
  readonly publicUrl?: string | undefined;
  readonly ipfsListen: readonly string[];
  readonly ipfsDial?: readonly string[] | undefined;
  readonly ipfsDht?: IpfsNodeOptions["dht"];
  readonly srsPath?: string | undefined;
  readonly webFolder?: string | undefined;
  readonly pollMs?: number | undefined;
  readonly threads?: number | undefined;
  /** What is kept, and how often the rest is removed. */
  readonly keeping: KeepingSettings;
  /** Cap on what a unit of gas may cost. */
  readonly maxFeePerGasWei?: bigint | undefined;
}

/** The node that others are told of, "" for none: many nodes' addresses hold a key that its owner pays for. */
export const toldRpcUrl = ({
  rpcUrl,
  publicRpcUrl,
}: Pick<AggregatorSettings, "rpcUrl" | "publicRpcUrl">): string =>
  publicRpcUrl ?? (isPublicUrl(rpcUrl) ? rpcUrl : "");
