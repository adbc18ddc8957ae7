import type { Chain } from "../adapters/chain/connect.ts";
import {
  findEvents,
  type PublishedModel,
  readModels,
  readOpenings,
  readPosting,
  readSettlements,
  readSettleRequest,
  readSubmissions,
  readVoidedRounds,
  type Settlement,
  type VoidedRound,
} from "../adapters/chain/history.ts";
import type { RoundEvidence } from "../protocol/audit-round.ts";
import { type G1Point, INFINITY } from "../protocol/curve.ts";
import { unpackOutcome } from "../protocol/public-signals.ts";

/** A project's history as the chain tells it. */
export interface ProjectEvidence {
  readonly projectId: bigint;
  readonly manifestCid: string;
  readonly slots: number;
  readonly ruleId: number;
  readonly parameterCount: number;
  readonly fractionBits: number;
  readonly modelVisibility: "public" | "private";
  readonly models: readonly PublishedModel[];
  readonly voided: readonly VoidedRound[];
  readonly rounds: readonly { readonly settlement: Settlement; readonly evidence: RoundEvidence }[];
}

/** The rolling hash just before a block; null from nodes that forget old states. */
async function submissionsHashBefore(
  chain: Chain,
  projectId: bigint,
  blockNumber: number,
): Promise<string | null> {
  try {
    const options = { blockTag: blockNumber - 1 };
    const round = await chain.market.getFunction("getRound").staticCall(projectId, options);
    return String(round.submissionsHash).toLowerCase();
  } catch {
    return null;
  }
}

/** Collects what the chain says about a project's rounds. @throws CW2200, CW2206, CW2207 */
export async function collectEvidence(
  chain: Chain,
  projectId: bigint,
  options: {
    roundIndex?: number | undefined;
    signal?: AbortSignal;
    onProgress?: (text: string) => void;
  } = {},
): Promise<ProjectEvidence> {
  const posting = await readPosting(chain, projectId);
  const { terms } = posting;
  const [models, openings, settlements, voided, joins, additions, forfeits] = await Promise.all([
    readModels(chain, projectId),
    readOpenings(chain, projectId),
    readSettlements(chain, projectId),
    readVoidedRounds(chain, projectId),
    findEvents(chain, "TrainerJoined", [projectId]),
    findEvents(chain, "BudgetAdded", [projectId]),
    findEvents(chain, "BondForfeited", [projectId]),
  ]);
  const baseWeightOf = (trainer: string) =>
    Number(
      joins.findLast(({ args }) => String(args.trainer).toLowerCase() === trainer.toLowerCase())
        ?.args.baseWeight ?? 0,
    );
  const rounds: { settlement: Settlement; evidence: RoundEvidence }[] = [];
  let modelCommitment = models[0]?.commitment as G1Point;
  let lastAggregate = INFINITY;
  let paidWei = 0n;
  let applied = 0;
  for (const settlement of settlements) {
    options.signal?.throwIfAborted();
    const { roundIndex, blockNumber } = settlement;
    const request = await readSettleRequest(chain, settlement.transactionHash);
    const outcome = unpackOutcome(settlement.outcomeWords, terms.slots);
    const isVoid = outcome.weights.every((weight) => weight === 0);
    const published = models.find((each) => each.version > 0 && each.roundIndex === roundIndex);
    if (options.roundIndex === undefined || options.roundIndex === roundIndex) {
      options.onProgress?.(`reading round ${roundIndex}`);
      const opening = openings.find((each) => each.roundIndex === roundIndex);
      const submissions = await readSubmissions(chain, projectId, roundIndex);
      const addedWei = additions
        .filter(({ place }) => place.blockNumber < blockNumber)
        .reduce((sum, { args }) => sum + BigInt(args.amountWei), 0n);
      const hasForfeits = forfeits.some(({ place }) => place.blockNumber < blockNumber);
      const leftWei = terms.budgetPerRoundWei * BigInt(terms.rounds) + addedWei - paidWei;
      rounds.push({
        settlement,
        evidence: {
          chainId: chain.chainId,
          market: chain.addresses.market,
          terms,
          opening: opening ?? { reference: INFINITY, payGradient: INFINITY },
          submissions,
          submissionsHash: await submissionsHashBefore(chain, projectId, blockNumber),
          request,
          settlement,
          baseWeights: submissions.map(({ trainer }) => baseWeightOf(trainer)),
          modelCommitment,
          lastAggregate,
          published: published ?? null,
          expectedBudgetWei: hasForfeits ? null : leftWei / BigInt(terms.rounds - applied),
          forfeitedToTrainersWei: forfeits
            .filter(({ args }) => Number(args.roundIndex) === roundIndex)
            .reduce((sum, { args }) => sum + BigInt(args.toTrainersWei), 0n),
        },
      });
    }
    paidWei += settlement.paidWei;
    if (!isVoid) {
      // The next round is audited against what was published, and this round against what must have been.
      modelCommitment = published?.commitment ?? modelCommitment;
      lastAggregate = request.proof.aggregateCommitment;
      applied++;
    }
  }
  const { slots, ruleId, parameterCount, fractionBits, modelVisibility } = terms;
  const { manifestCid } = posting;
  return {
    ...{ projectId, manifestCid, slots, ruleId, parameterCount, fractionBits, modelVisibility },
    ...{ models, voided, rounds },
  };
}
