import type { Chain } from "../../adapters/chain/connect.ts";
import { chainErrors, refusalName, toChainError } from "../../adapters/chain/errors.ts";
import { findProjectEvents } from "../../adapters/chain/project-events.ts";
import { readProject } from "../../adapters/chain/projects/project.ts";
import { type BlockChoice, readFinalBlock } from "../../adapters/chain/rpc/final-block.ts";
import { CommonweightError, isErrorOf } from "../../protocol/errors.ts";
import { auditorErrors } from "../errors.ts";
import { readBlockFacts } from "./project-history.ts";

/** Whether a block may still be replaced, by the node's word: unknown where the node calls no block final. */
export const FINALITIES = ["final", "not-final", "unknown"] as const;

/** The block that an audit reads everything at. */
export interface ReadBlock {
  readonly block: number;
  readonly hash: string;
  readonly finality: (typeof FINALITIES)[number];
  /** The newest block when the audit began: what came in between is not looked at. */
  readonly newestBlock: number;
}

/** What happened in a project after the block that was read. */
export interface LaterEvents {
  readonly events: number;
  /** Rounds that were settled, or came to nothing, after it. */
  readonly rounds: readonly number[];
}

/**
 * Chooses the block that an audit reads at: unless told, the last one that the node calls final, and the newest one where it calls none so.
 *
 * @throws CW4605 when the chain has no such block; CW2200 when it is away.
 */
export async function chooseReadBlock(
  chain: Pick<Chain, "provider">,
  choice: BlockChoice | undefined,
): Promise<ReadBlock> {
  const told = await chain.provider.getBlockNumber().catch((cause: unknown) => {
    throw toChainError(cause, "asking for the newest block");
  });
  const final = await readFinalBlock(chain, "finalized");
  // Blocks may have come between the two questions.
  const newestBlock = Math.max(told, final ?? 0);
  const block = await chosenBlock(chain, choice, { newestBlock, final });
  const { hash } = await readBlockFacts(chain, block);
  if (block > newestBlock || hash === "") {
    throw new CommonweightError(
      auditorErrors.blockUnknown,
      `block ${block} is not there: the newest is ${newestBlock}`,
    );
  }
  const finality = final === undefined ? "unknown" : block <= final ? "final" : "not-final";
  return { block, hash, finality, newestBlock };
}

async function chosenBlock(
  chain: Pick<Chain, "provider">,
  choice: BlockChoice | undefined,
  known: { readonly newestBlock: number; readonly final: number | undefined },
): Promise<number> {
  if (typeof choice === "number") return choice;
  if (choice === "latest") return known.newestBlock;
  const block = choice === "safe" ? await readFinalBlock(chain, choice) : known.final;
  if (block === undefined && choice !== undefined) {
    throw new CommonweightError(auditorErrors.blockUnknown, `the node calls no block ${choice}`);
  }
  return block ?? known.newestBlock;
}

/**
 * Fails early, and says why, when the node cannot tell what the contract had stored at that block.
 *
 * @throws CW4607 for a node that keeps no states so old; others as {@link readProject}.
 */
export async function requireState(
  chain: Chain,
  projectId: bigint,
  { block, newestBlock }: Pick<ReadBlock, "block" | "newestBlock">,
): Promise<void> {
  try {
    await readProject(chain, projectId, { blockTag: block });
  } catch (cause) {
    // Nodes refuse in words of their own, and this one answered a moment ago. What the contract itself refuses has a name.
    const isKnown = refusalName(cause) !== undefined || isErrorOf(cause, chainErrors.malformed);
    if (block === newestBlock || isKnown) throw cause;
    throw new CommonweightError(
      auditorErrors.stateAway,
      `the node has no state of block ${block}`,
      { cause },
    );
  }
}

/** What happened in the project after the block that was read. @throws CW2200, CW2207 */
export async function readLaterEvents(
  chain: Chain,
  projectId: bigint,
  { block, newestBlock }: Pick<ReadBlock, "block" | "newestBlock">,
): Promise<LaterEvents> {
  const range = { fromBlock: block + 1, toBlock: newestBlock };
  const found = await findProjectEvents(chain, projectId, range);
  const ended = found
    .filter(({ name }) => name === "RoundSettled" || name === "RoundVoided")
    .map(({ args }) => Number(args.roundIndex));
  return { events: found.length, rounds: [...new Set(ended)].sort((one, other) => one - other) };
}
