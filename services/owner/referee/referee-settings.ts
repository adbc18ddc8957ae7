import type { MarketAddresses } from "../../adapters/chain/addresses.ts";
import type { KeepingSettings } from "../../housekeeping/start-collecting.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import type { OwnerSets } from "../find-project.ts";

/** Everything a running referee is told. */
export interface RefereeSettings {
  readonly rpcUrl: string;
  /** Other nodes that have to give the same answers. */
  readonly compareUrls?: readonly string[] | undefined;
  readonly chainId?: number | undefined;
  readonly addresses: MarketAddresses;
  readonly privateKey: string;
  readonly stateFolder: string;
  /** Powers of tau; may be shared with other programs. */
  readonly cacheFolder: string;
  readonly projectId: bigint;
  /** Called when the project is not posted yet: then it is waited for; without this, it must be there. */
  readonly onAwaiting?: (() => void) | undefined;
  /** How many trainers the first round waits for, as long as the time to join lasts; as few as the terms allow by default. */
  readonly firstRoundTrainers?: number | undefined;
  /** Opens the owner's own samples, as the manifest says how. */
  readonly openSets: (data: Manifest["data"]) => Promise<OwnerSets>;
  readonly seed?: string | undefined;
  readonly srsPath?: string | undefined;
  readonly threads?: number | undefined;
  /** What is kept, and how often the rest is removed; nothing is removed without. */
  readonly keeping?: KeepingSettings | undefined;
  readonly pollMs?: number | undefined;
  readonly signal: AbortSignal;
}

/** Something an owner may want to see, as it happens. */
export interface RefereeEvent {
  readonly type: string;
  readonly [detail: string]: unknown;
}
