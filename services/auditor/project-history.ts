import type { Chain } from "../adapters/chain/connect.ts";
import { toChainError } from "../adapters/chain/errors.ts";
import { findProjectEvents, type ProjectEvent } from "../adapters/chain/project-events.ts";
import { readTrainers } from "../adapters/chain/project-trainer.ts";

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
 * @throws CW2200 when the chain is away.
 */
export async function readProjectHistory(chain: Chain, projectId: bigint): Promise<ProjectHistory> {
  // What happens meanwhile is not part of this history: both reads end at the same block.
  const toBlock = await chain.provider.getBlockNumber();
  const found = await findProjectEvents(chain, projectId, {
    fromBlock: chain.addresses.deployBlock,
    toBlock,
  });
  const present = await readTrainers(chain, projectId);
  const clock = blockClock(chain);
  const events: TimedEvent[] = [];
  for (const { name, args, place } of found) {
    events.push({ name, args, ...place, at: await clock(place.blockNumber) });
  }
  const joined = new Set(
    events.filter(({ name }) => name === "TrainerJoined").map(({ args }) => String(args.trainer)),
  );
  return { events, registry: await readRegistry(chain, { toBlock, joined, clock }), present };
}

/** Asks for each block once. */
function blockClock(chain: Chain): (blockNumber: number) => Promise<number> {
  const known = new Map<number, number>();
  return async (blockNumber) => {
    const seen = known.get(blockNumber);
    if (seen !== undefined) return seen;
    const block = await chain.provider.getBlock(blockNumber).catch((cause: unknown) => {
      throw toChainError(cause, `reading block ${blockNumber}`);
    });
    const at = block?.timestamp ?? 0;
    known.set(blockNumber, at);
    return at;
  };
}

async function readRegistry(
  chain: Chain,
  {
    toBlock,
    joined,
    clock,
  }: {
    toBlock: number;
    joined: ReadonlySet<string>;
    clock: (blockNumber: number) => Promise<number>;
  },
): Promise<RegistryChange[]> {
  const filter = chain.registry.getEvent("ReliabilityChanged")();
  const changes: RegistryChange[] = [];
  const { deployBlock } = chain.addresses;
  try {
    for (let from = deployBlock; from <= toBlock; from += 10_000) {
      const logs = await chain.registry.queryFilter(filter, from, Math.min(from + 9999, toBlock));
      for (const log of logs) {
        const args = chain.registry.interface.parseLog(log)?.args;
        if (args === undefined || !joined.has(String(args.account))) continue;
        changes.push({
          account: String(args.account),
          projectId: args.projectId,
          before: Number(args.before),
          reliability: Number(args.reliability),
          transactionHash: log.transactionHash,
          at: await clock(log.blockNumber),
        });
      }
    }
  } catch (cause) {
    throw toChainError(cause, "reading reliability");
  }
  return changes;
}
