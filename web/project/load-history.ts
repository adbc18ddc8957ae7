import {
  findProjectEvents,
  type OpenedRound,
  type PostedProject,
  type ProjectEvent,
  type PublishedModel,
  readModels,
  readOpenings,
  readPosting,
  readSettlements,
  readVoidedRounds,
  type Settlement,
  type VoidedRound,
} from "../../services/adapters/chain/history.ts";
import { type Participant, readParticipant } from "../../services/adapters/chain/participant.ts";
import {
  type Project,
  type ProjectTrainer,
  readProject,
  readTrainers,
} from "../../services/adapters/chain/project.ts";
import type { TokenDescription } from "../../services/adapters/chain/token.ts";
import {
  readVaultMoves,
  readVaultState,
  type VaultMove,
  type VaultState,
} from "../../services/adapters/chain/vault-history.ts";
import type { Connection } from "../connection.ts";

/** Everything that the chain says about a project, all of it as of one block. */
export interface ProjectHistory {
  readonly project: Project;
  readonly posting: PostedProject;
  readonly token: TokenDescription;
  /** Who is in the project now. */
  readonly trainers: readonly ProjectTrainer[];
  /** Everybody who ever joined, as the registry knows them now. */
  readonly participants: readonly Participant[];
  readonly events: readonly ProjectEvent[];
  readonly openings: readonly OpenedRound[];
  readonly settlements: readonly Settlement[];
  readonly models: readonly PublishedModel[];
  readonly voided: readonly VoidedRound[];
  readonly moves: readonly VaultMove[];
  readonly vault: VaultState;
}

/** Reads a project. @throws CW2200 when the chain is away, CW2201 or CW2206 when there is no such project. */
export async function loadHistory(
  { chain, token }: Connection,
  projectId: bigint,
): Promise<ProjectHistory> {
  // What happens while this reads belongs to the next reading: sums of one block must agree.
  const toBlock = await chain.provider.getBlockNumber();
  const at = { blockTag: toBlock };
  const project = await readProject(chain, projectId, at);
  const posting = await readPosting(chain, projectId);
  const range = { fromBlock: posting.blockNumber, toBlock };
  const { rewardToken } = project.terms;
  const [described, trainers, events, moves, vault] = await Promise.all([
    token(rewardToken),
    readTrainers(chain, projectId, at),
    findProjectEvents(chain, projectId, range),
    readVaultMoves(chain, projectId, range),
    readVaultState(chain, { projectId, token: rewardToken }, at),
  ]);
  const [openings, settlements, models, voided] = await Promise.all([
    readOpenings(chain, projectId),
    readSettlements(chain, projectId),
    readModels(chain, projectId),
    readVoidedRounds(chain, projectId),
  ]);
  const isRead = ({ blockNumber }: { readonly blockNumber: number }) => blockNumber <= toBlock;
  const joined = events.filter(({ name }) => name === "TrainerJoined");
  const accounts = [...new Set(joined.map(({ args }) => String(args.trainer)))];
  return {
    ...{ project, posting, token: described, trainers, events, moves, vault },
    openings: openings.filter(isRead),
    settlements: settlements.filter(isRead),
    models: models.filter(isRead),
    voided: voided.filter(isRead),
    participants: await Promise.all(accounts.map((account) => readParticipant(chain, account))),
  };
}
