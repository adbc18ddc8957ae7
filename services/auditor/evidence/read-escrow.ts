import type { AtBlock } from "../../adapters/chain/at-block.ts";
import type { Chain } from "../../adapters/chain/connect.ts";
import {
  type EventPlace,
  findProjectEvents,
  type ProjectEvent,
} from "../../adapters/chain/project-events.ts";
import { type Project, readProject } from "../../adapters/chain/projects/project.ts";
import type { PostedProject } from "../../adapters/chain/projects/project-posting.ts";
import {
  type ProjectTrainer,
  readTrainers,
} from "../../adapters/chain/projects/project-trainer.ts";
import {
  readVaultMoves,
  readVaultState,
  type VaultMove,
} from "../../adapters/chain/projects/vault-history.ts";
import type { EscrowEvidence } from "./escrow-flow.ts";

/** A project's money as of one block, with the whole views that it was read from. */
export interface EscrowReading extends EscrowEvidence {
  readonly project: Project;
  readonly trainers: readonly ProjectTrainer[];
  readonly events: readonly (ProjectEvent & EventPlace)[];
  readonly moves: readonly VaultMove[];
  readonly blockNumber: number;
}

/**
 * Reads everything that the chain says about a project's money. All of it is of one block, the newest unless told: the sums of a running
 * project change while they are read.
 *
 * @param at.blockTag An older block; only nodes that keep old states answer for it.
 * @throws CW2200 when the chain is away.
 */
export async function readEscrow(
  chain: Chain,
  { projectId, terms, blockNumber }: Pick<PostedProject, "projectId" | "terms" | "blockNumber">,
  at: AtBlock = {},
): Promise<EscrowReading> {
  const toBlock = at.blockTag ?? (await chain.provider.getBlockNumber());
  const then = { blockTag: toBlock };
  const range = { fromBlock: blockNumber, toBlock };
  const [project, trainers, events, moves, vault] = await Promise.all([
    readProject(chain, projectId, then),
    readTrainers(chain, projectId, then),
    findProjectEvents(chain, projectId, range),
    readVaultMoves(chain, projectId, range),
    readVaultState(chain, { projectId, token: terms.rewardToken }, then),
  ]);
  const placed = events.map((event) => ({ ...event, ...event.place }));
  return { project, trainers, events: placed, moves, vault, terms, blockNumber: toBlock };
}
