import {
  type EventLog,
  getAddress,
  getBytes,
  type Log,
  Result,
  toBeHex,
  zeroPadValue,
} from "ethers";
import { isSameAddress } from "../../protocol/address.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { cidFromBytes } from "./cid-bytes.ts";
import type { Chain } from "./connect.ts";
import { chainErrors, toChainError } from "./errors.ts";
import { decodeSubmittedUpdates } from "./update-batch.ts";

/** Where an event stands. */
export interface EventPlace {
  readonly blockNumber: number;
  readonly transactionHash: string;
}

/** An event of the market with its values by name. */
export interface ProjectEvent {
  readonly args: Result;
  readonly place: EventPlace;
  readonly name: string;
}

/** Public RPC nodes refuse wide ranges; this many blocks at a time is accepted everywhere. */
const BLOCKS_PER_QUERY = 10_000;

/** Blocks to look in: all since the market's deployment unless told. */
export interface BlockRange {
  readonly fromBlock?: number;
  readonly toBlock?: number;
}

/** The newest block that a search has heard of, by connection. */
const lastCounted = new WeakMap<Chain, number>();

/** Whether all blocks since this one are few enough for one question, without asking first how many there are. */
function isShort(chain: Chain, first: number): boolean {
  const last = lastCounted.get(chain);
  return last !== undefined && last - first <= BLOCKS_PER_QUERY / 2;
}

/** All events of the market with this name and these indexed values, oldest first. */
export async function findEvents(
  chain: Chain,
  name: string,
  indexed: readonly unknown[],
  range: BlockRange = {},
): Promise<ProjectEvent[]> {
  const filter = chain.market.getEvent(name)(...indexed);
  const topics = chain.market.interface.encodeFilterTopics(name, [...indexed]);
  const search = async (from: number, to: number | "latest") => {
    const logs = await chain.market.queryFilter(filter, from, to);
    requireAsked(logs, { address: chain.addresses.market, topics, from, to });
    return logs.filter(isDecoded).map(toFound);
  };
  const found: ProjectEvent[] = [];
  const first = range.fromBlock ?? chain.addresses.deployBlock;
  if (range.toBlock === undefined && isShort(chain, first)) {
    try {
      return await search(first, "latest");
    } catch (cause) {
      if (cause instanceof CommonweightError) throw cause;
      // Asked again, a part at a time: many blocks may have come since the last one was counted.
      lastCounted.delete(chain);
    }
  }
  try {
    const last = range.toBlock ?? (await chain.provider.getBlockNumber());
    lastCounted.set(chain, last);
    for (let from = first; from <= last; from += BLOCKS_PER_QUERY) {
      const to = Math.min(from + BLOCKS_PER_QUERY - 1, last);
      for (const event of await search(from, to)) found.push(event);
    }
  } catch (cause) {
    throw toChainError(cause, `looking for ${name}`);
  }
  return found;
}

/**
 * All logs of a project that a contract wrote in a range of blocks, oldest first, as the node tells them. Every event of market and
 * vault has the project's number as its first indexed value.
 *
 * @throws CW2200 when the chain is away, CW2207 for logs that were not asked for.
 */
export async function findProjectLogs(
  chain: Pick<Chain, "provider">,
  projectId: bigint,
  range: { fromBlock: number; toBlock: number },
  contract: Chain["market"],
): Promise<Log[]> {
  const found: Log[] = [];
  try {
    const address = await contract.getAddress();
    const topics = [null, zeroPadValue(toBeHex(projectId), 32)];
    for (let from = range.fromBlock; from <= range.toBlock; from += BLOCKS_PER_QUERY) {
      const to = Math.min(from + BLOCKS_PER_QUERY - 1, range.toBlock);
      const logs = await chain.provider.getLogs({ address, topics, fromBlock: from, toBlock: to });
      requireAsked(logs, { address, topics, from, to });
      found.push(...logs);
    }
  } catch (cause) {
    throw toChainError(cause, `reading the events of project ${projectId}`);
  }
  return found;
}

/**
 * A log as the contract's events: submissions, which the market may tell of several at once, are an event each, `UpdateSubmitted`. Logs
 * that no event of the contract explains are none.
 *
 * @throws CW2207 for submissions that no market writes.
 */
export function eventsOf(contract: Pick<Chain["market"], "interface">, log: Log): ProjectEvent[] {
  const parsed = contract.interface.parseLog(log);
  if (parsed === null) return [];
  const { blockNumber, transactionHash } = log;
  const place = { blockNumber, transactionHash };
  if (parsed.name === "UpdatesSubmitted") return submissionsOf(parsed.args, place);
  return [{ args: parsed.args, name: parsed.name, place }];
}

/** The events of {@link findProjectLogs}, by name: of the market unless told. @throws As it does, and as {@link eventsOf}. */
export async function findProjectEvents(
  chain: Chain,
  projectId: bigint,
  range: { fromBlock: number; toBlock: number },
  contract: Chain["market"] = chain.market,
): Promise<ProjectEvent[]> {
  const logs = await findProjectLogs(chain, projectId, range, contract);
  return logs.flatMap((log) => eventsOf(contract, log));
}

/** All events of the registry with one of these names, oldest first. @throws CW2200, CW2207 */
export async function findRegistryEvents(
  { registry, provider, addresses }: Pick<Chain, "registry" | "provider" | "addresses">,
  names: readonly string[],
  range: { fromBlock: number; toBlock: number },
): Promise<ProjectEvent[]> {
  const found: ProjectEvent[] = [];
  const wanted = names.map((name) => registry.interface.getEvent(name)?.topicHash ?? "");
  const asked = { address: addresses.registry, topics: [wanted] };
  try {
    for (let from = range.fromBlock; from <= range.toBlock; from += BLOCKS_PER_QUERY) {
      const to = Math.min(from + BLOCKS_PER_QUERY - 1, range.toBlock);
      const logs = await provider.getLogs({ ...asked, fromBlock: from, toBlock: to });
      requireAsked(logs, { ...asked, from, to });
      found.push(...logs.flatMap((log) => eventsOf(registry, log)));
    }
  } catch (cause) {
    throw toChainError(cause, "reading the registry");
  }
  return found;
}

/** A node may answer with other logs than it was asked for, or with some that a reorganisation took back. @throws CW2207 */
function requireAsked(
  logs: readonly Log[],
  asked: {
    readonly address: string;
    readonly topics: readonly (string | readonly string[] | null)[];
    readonly from: number;
    readonly to: number | "latest";
  },
): void {
  const { address, topics, from, to } = asked;
  const isAsked = (log: Log) =>
    isSameAddress(log.address, address) &&
    !log.removed &&
    log.blockNumber >= from &&
    (to === "latest" || log.blockNumber <= to) &&
    topics.every(
      (topic, place) => topic === null || [topic].flat().includes(log.topics[place] ?? ""),
    );
  if (logs.every(isAsked)) return;
  throw new CommonweightError(
    chainErrors.malformed,
    "the node answered with logs that it was not asked for, or that are not in its chain any more",
  );
}

function submissionsOf(args: Result, place: EventPlace): ProjectEvent[] {
  const names = ["projectId", "roundIndex", "trainer", "slot", "commitmentHash", "bundleCid"];
  return decodeSubmittedUpdates(getBytes(args.updates)).map((update, index) => {
    const { trainer, commitmentHash, bundleCid } = update;
    const slot = BigInt(args.firstSlot) + BigInt(index);
    const values = [args.projectId, args.roundIndex, getAddress(trainer), slot, commitmentHash];
    return {
      args: Result.fromItems([...values, cidFromBytes(bundleCid)], names),
      name: "UpdateSubmitted",
      place,
    };
  });
}

const isDecoded = (log: EventLog | Log): log is EventLog => "args" in log;

const toFound = (log: EventLog): ProjectEvent => ({
  args: log.args,
  name: log.eventName,
  place: { blockNumber: log.blockNumber, transactionHash: log.transactionHash },
});
