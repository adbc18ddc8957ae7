import {
  type Participant,
  readParticipant,
} from "../../services/adapters/chain/projects/participant.ts";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import {
  type PublishedModel,
  readModels,
} from "../../services/adapters/chain/rounds/published-models.ts";
import {
  type OpenedRound,
  readOpenings,
  readVoidedRounds,
  type VoidedRound,
} from "../../services/adapters/chain/rounds/round-events.ts";
import {
  readSettlements,
  type Settlement,
} from "../../services/adapters/chain/rounds/settlements.ts";
import { type EscrowReading, readEscrow } from "../../services/auditor/evidence/read-escrow.ts";
import {
  payoutAddressesIn,
  readRegistryEvents,
} from "../../services/auditor/evidence/read-registry.ts";
import type { TokenUnit } from "../../services/protocol/market/token-amount.ts";
import type { Connection } from "../connection.ts";

/** Everything that the chain says about a project, all of it as of one block. */
export interface ProjectHistory extends EscrowReading {
  readonly token: TokenUnit;
  /** Everybody who ever joined, as the registry knows them now. */
  readonly participants: readonly Participant[];
  readonly openings: readonly OpenedRound[];
  readonly settlements: readonly Settlement[];
  readonly models: readonly PublishedModel[];
  readonly voided: readonly VoidedRound[];
  /** Every address that an account has ever wanted its money at. */
  readonly payoutAddresses: ReadonlyMap<string, readonly string[]>;
}

/** Reads a project. @throws CW2200 when the chain is away, CW2206 when there is no such project. */
export async function loadHistory(
  { chain, unit }: Connection,
  projectId: bigint,
): Promise<ProjectHistory> {
  const posting = await readPosting(chain, projectId);
  const escrow = await readEscrow(chain, posting);
  const joined = escrow.events.filter(({ name }) => name === "TrainerJoined");
  const accounts = [...new Set(joined.map(({ args }) => String(args.trainer)))];
  const [described, openings, settlements, models, voided, participants, registered] =
    await Promise.all([
      unit(posting.terms.rewardToken),
      readOpenings(chain, projectId),
      readSettlements(chain, projectId),
      readModels(chain, projectId),
      readVoidedRounds(chain, projectId),
      Promise.all(accounts.map((account) => readParticipant(chain, account))),
      readRegistryEvents(chain, escrow.blockNumber),
    ]);
  // What happened while this was read belongs to the next reading: sums of one block must agree.
  const isRead = (each: { readonly blockNumber: number }) => each.blockNumber <= escrow.blockNumber;
  return {
    ...{ ...escrow, token: described, participants },
    payoutAddresses: payoutAddressesIn(registered),
    openings: openings.filter(isRead),
    settlements: settlements.filter(isRead),
    models: models.filter(isRead),
    voided: voided.filter(isRead),
  };
}
