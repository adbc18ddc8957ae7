import type { Chain } from "../../adapters/chain/connect.ts";
import {
  chainErrors,
  isNodeSilent,
  isNonsense,
  toChainError,
} from "../../adapters/chain/errors.ts";
import { findEvents, findProjectEvents } from "../../adapters/chain/project-events.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import { type PublishedModel, readModels } from "../../adapters/chain/rounds/published-models.ts";
import {
  readOpenings,
  readSubmissions,
  readVoidedRounds,
  type Submission,
  type VoidedRound,
} from "../../adapters/chain/rounds/round-events.ts";
import {
  readSettlements,
  readSettleRequest,
  type Settlement,
} from "../../adapters/chain/rounds/settlements.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { type G1Point, INFINITY } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { unpackOutcome } from "../../protocol/round/public-signals.ts";
import { replayBudgets } from "./replay-budget.ts";
import type { RoundEvidence } from "./round-evidence.ts";

/** A project's history as the chain tells it. */
export interface ProjectEvidence {
  readonly projectId: bigint;
  readonly owner: string;
  readonly manifestCid: string;
  readonly slots: number;
  readonly ruleId: number;
  readonly parameterCount: number;
  readonly fractionBits: number;
  readonly modelVisibility: "public" | "private";
  readonly maxStrikes: number;
  readonly revealSeconds: number;
  readonly models: readonly PublishedModel[];
  readonly voided: readonly VoidedRound[];
  readonly rounds: readonly {
    readonly settlement: Settlement;
    readonly submissions: readonly Submission[];
    readonly evidence: RoundEvidence;
  }[];
  /** Rounds that changed training settings of the manifest. */
  readonly jobs: readonly { readonly roundIndex: number; readonly jobCid: string }[];
}

/**
 * The rolling hash just before a block; null from nodes that forget old states, and say so.
 *
 * @throws CW2207 for an answer that is no contract's, CW2211 and CW2212 as other comparisons of nodes: neither is forgetting.
 */
async function submissionsHashBefore(
  chain: Chain,
  projectId: bigint,
  blockNumber: number,
): Promise<string | null> {
  try {
    const options = { blockTag: blockNumber - 1 };
    const round = await chain.market.getFunction("getRound").staticCall(projectId, options);
    return String(round.submissionsHash).toLowerCase();
  } catch (cause) {
    const error = toChainError(cause, "reading the submissions of a round");
    const isForgotten =
      error.code === chainErrors.refused.code || (isNodeSilent(error) && !isNonsense(error));
    if (isForgotten) return null;
    throw isNonsense(error)
      ? new CommonweightError(chainErrors.malformed, error.message, { cause })
      : error;
  }
}

/** Collects what the chain says about a project's rounds. @throws CW2200, CW2206, CW2207 */
export async function collectEvidence(
  chain: Chain,
  projectId: bigint,
  options: {
    roundIndex?: number | undefined;
    /** What happens later is not part of it; the newest block unless told. */
    toBlock?: number | undefined;
    signal?: AbortSignal | undefined;
    onProgress?: ((text: string) => void) | undefined;
  } = {},
): Promise<ProjectEvidence> {
  const toBlock = options.toBlock ?? (await chain.provider.getBlockNumber());
  const posting = await readPosting(chain, projectId, { toBlock });
  const { terms, blockNumber: fromBlock } = posting;
  const range = { fromBlock, toBlock };
  const [models, openings, settlements, voided, joins, events] = await Promise.all([
    readModels(chain, projectId, range),
    readOpenings(chain, projectId, undefined, range),
    readSettlements(chain, projectId, undefined, range),
    readVoidedRounds(chain, projectId, range),
    findEvents(chain, "TrainerJoined", [projectId], range),
    findProjectEvents(chain, projectId, range),
  ]);
  const { budgets } = replayBudgets(events, terms);
  const forfeits = events.filter(({ name }) => name === "BondForfeited");
  // Who was released and came back may have another one since.
  const baseWeightOf = (trainer: string, blockNumber: number) =>
    Number(
      joins.findLast(
        ({ args, place }) =>
          place.blockNumber <= blockNumber && isSameAddress(String(args.trainer), trainer),
      )?.args.baseWeight ?? 0,
    );
  const rounds: ProjectEvidence["rounds"][number][] = [];
  let modelCommitment = models[0]?.commitment as G1Point;
  let lastAggregate = INFINITY;
  for (const settlement of settlements) {
    options.signal?.throwIfAborted();
    const { roundIndex, blockNumber } = settlement;
    const request = await readSettleRequest(chain, { ...settlement, projectId });
    const outcome = unpackOutcome(settlement.outcomeWords, terms.slots);
    const isVoid = outcome.weights.every((weight) => weight === 0);
    const published = models.find((each) => each.version > 0 && each.roundIndex === roundIndex);
    if (options.roundIndex === undefined || options.roundIndex === roundIndex) {
      options.onProgress?.(`reading ${rounds.length + 1} of ${settlements.length} rounds`);
      const opening = openings.find((each) => each.roundIndex === roundIndex);
      const submissions = await readSubmissions(chain, projectId, roundIndex, range);
      rounds.push({
        settlement,
        submissions,
        evidence: {
          chainId: chain.chainId,
          market: chain.addresses.market,
          terms,
          opening: opening ?? { reference: INFINITY, payGradient: INFINITY },
          submissions,
          submissionsHash: await submissionsHashBefore(chain, projectId, blockNumber),
          request,
          settlement,
          baseWeights: submissions.map(({ trainer }) => baseWeightOf(trainer, blockNumber)),
          modelCommitment,
          lastAggregate,
          published: published ?? null,
          expectedBudgetWei: budgets.get(roundIndex) ?? null,
          forfeitedToTrainersWei: forfeits
            .filter(({ args }) => Number(args.roundIndex) === roundIndex)
            .reduce((sum, { args }) => sum + BigInt(args.toTrainersWei), 0n),
        },
      });
    }
    if (!isVoid) {
      // The next round is audited against what was published, and this round against what must have been.
      modelCommitment = published?.commitment ?? modelCommitment;
      lastAggregate = request.proof.aggregateCommitment;
    }
  }
  const { slots, ruleId, parameterCount, fractionBits, modelVisibility } = terms;
  const { maxStrikes, revealSeconds } = terms;
  const { owner, manifestCid } = posting;
  return {
    ...{ projectId, owner, manifestCid },
    ...{ slots, ruleId, parameterCount, fractionBits, modelVisibility },
    ...{ maxStrikes, revealSeconds, models, voided, rounds },
    jobs: openings.filter(
      ({ roundIndex, jobCid }) =>
        jobCid !== "" && (options.roundIndex === undefined || options.roundIndex === roundIndex),
    ),
  };
}
