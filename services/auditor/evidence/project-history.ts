import type { Chain } from "../../adapters/chain/connect.ts";
import { toChainError } from "../../adapters/chain/errors.ts";
import {
  eventsOf,
  findProjectLogs,
  type ProjectEvent,
} from "../../adapters/chain/project-events.ts";
import { readTrainers } from "../../adapters/chain/projects/project-trainer.ts";
import { historyHash } from "./history-hash.ts";
import { findMisplaced, type PlacedLog } from "./log-places.ts";
import { payoutAddressesIn, readRegistryEvents } from "./read-registry.ts";

/** An event and the time of its block. */
export interface TimedEvent {
  readonly name: string;
  readonly args: ProjectEvent["args"];
  readonly transactionHash: string;
  readonly blockNumber: number;
  /** Unix seconds. */
  readonly at: number;
}

/** A change of a trainer's overall reliability, in any project. */
export interface RegistryChange {
  readonly account: string;
  readonly projectId: bigint;
  readonly before: number;
  readonly reliability: number;
  readonly transactionHash: string;
  readonly at: number;
}

/** Everything the chain tells about a project, in its order. */
export interface ProjectHistory {
  readonly events: readonly TimedEvent[];
  /** The block that the project's last event is in. */
  readonly lastBlock: { readonly number: number; readonly hash: string };
  /** Of everything that market and vault wrote about the project, to the last byte: 32 bytes of hex. */
  readonly hash: string;
  /** Blocks whose logs name another hash than the node's block of that number has. */
  readonly foreignBlocks: readonly number[];
  /** Why these cannot be the logs of one chain; undefined when they can. */
  readonly misplaced: string | undefined;
  /** Payout addresses that each account ever had, the first one first. */
  readonly payoutAddresses: ReadonlyMap<string, readonly string[]>;
  /** Of every account that ever joined the project, in all projects of the market. */
  readonly registry: readonly RegistryChange[];
  /** Trainers that are in the project now, as the contract stores them. */
  readonly present: readonly {
    readonly trainer: string;
    readonly reliability: number;
    readonly reliabilityUpdatedAt: number;
    readonly strikes: number;
  }[];
}

/**
 * Reads a project's whole history.
 *
 * @param upTo.toBlock What happens later is not part of it; the newest block unless told.
 * @throws CW2200 when the chain is away, CW2207 for logs that no market writes.
 */
export async function readProjectHistory(
  chain: Chain,
  projectId: bigint,
  upTo: { readonly toBlock?: number } = {},
): Promise<ProjectHistory> {
  const toBlock = upTo.toBlock ?? (await chain.provider.getBlockNumber());
  const range = { fromBlock: chain.addresses.deployBlock, toBlock };
  const [told, paid, present] = await Promise.all([
    findProjectLogs(chain, projectId, range, chain.market),
    findProjectLogs(chain, projectId, range, chain.vault),
    readTrainers(chain, projectId, { blockTag: toBlock }),
  ]);
  const clock = blockClock(chain);
  const events: TimedEvent[] = [];
  for (const log of told) {
    const { at } = await clock(log.blockNumber);
    for (const { name, args, place } of eventsOf(chain.market, log)) {
      events.push({ name, args, ...place, at });
    }
  }
  const joined = new Set(
    events.filter(({ name }) => name === "TrainerJoined").map(({ args }) => String(args.trainer)),
  );
  const registered = await readRegistryEvents(chain, toBlock);
  const registry: RegistryChange[] = [];
  for (const { name, args, place } of registered) {
    const account = String(args.account);
    if (name !== "ReliabilityChanged" || !joined.has(account)) continue;
    const { projectId: where, before, reliability } = args;
    const { at } = await clock(place.blockNumber);
    registry.push({
      ...{ account, at, transactionHash: place.transactionHash, projectId: where },
      ...{ before: Number(before), reliability: Number(reliability) },
    });
  }
  const logs: readonly PlacedLog[] = [...told, ...paid];
  const foreign = new Set<number>();
  for (const log of logs) {
    const { hash } = await clock(log.blockNumber);
    if (hash !== log.blockHash) foreign.add(log.blockNumber);
  }
  const last = logs.reduce((newest, { blockNumber }) => Math.max(newest, blockNumber), 0);
  return {
    ...{
      events,
      registry,
      present,
      payoutAddresses: payoutAddressesIn(registered),
      hash: historyHash(logs),
      foreignBlocks: [...foreign],
      misplaced: findMisplaced(logs),
    },
    lastBlock: { number: last, hash: (await clock(last)).hash },
  };
}

/** What of a block an audit looks at; a block that the node does not have has no hash. */
interface BlockFacts {
  /** Unix seconds. */
  readonly at: number;
  readonly hash: string;
}

type BlockClock = (blockNumber: number) => Promise<BlockFacts>;

/** Reads a block as the node has it now. @throws CW2200 */
export async function readBlockFacts(
  chain: Pick<Chain, "provider">,
  blockNumber: number,
): Promise<BlockFacts> {
  const block = await chain.provider.getBlock(blockNumber).catch((cause: unknown) => {
    throw toChainError(cause, `reading block ${blockNumber}`);
  });
  return { at: block?.timestamp ?? 0, hash: block?.hash ?? "" };
}

/** Asks for each block once. */
function blockClock(chain: Chain): BlockClock {
  const known = new Map<number, Promise<BlockFacts>>();
  return (blockNumber) => {
    const seen = known.get(blockNumber) ?? readBlockFacts(chain, blockNumber);
    known.set(blockNumber, seen);
    return seen;
  };
}
