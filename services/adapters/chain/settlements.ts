import { getBytes } from "ethers";
import { CommonweightError } from "../../protocol/errors.ts";
import type { SettleRequest } from "../../protocol/settlement.ts";
import { cidFromBytes } from "./cid-bytes.ts";
import type { Chain } from "./connect.ts";
import { splitCredits } from "./credits.ts";
import { chainErrors, toChainError } from "./errors.ts";
import { toPoint } from "./project.ts";
import { type EventPlace, findEvents } from "./project-events.ts";

/** A settled round: what was sent and what the contract did with it. */
export interface Settlement extends EventPlace {
  readonly roundIndex: number;
  readonly settledBy: string;
  readonly budgetWei: bigint;
  readonly paidWei: bigint;
  readonly outcomeWords: readonly bigint[];
  readonly trainers: readonly string[];
  readonly earningsWei: readonly bigint[];
}

/** All settlements of a project, or the one of this round. */
export async function readSettlements(
  chain: Chain,
  projectId: bigint,
  roundIndex?: number,
): Promise<Settlement[]> {
  const found = await findEvents(chain, "RoundSettled", [projectId, roundIndex ?? null]);
  return found.map(({ args, place }) => ({
    ...place,
    roundIndex: Number(args.roundIndex),
    settledBy: args.settledBy,
    budgetWei: args.budgetWei,
    paidWei: args.paidWei,
    outcomeWords: [...args.outcomeWords],
    ...splitCredits(args.credits),
  }));
}

/**
 * What a settlement sent, decoded from its transaction: the proof itself is nowhere else.
 *
 * @throws CW2207 when the transaction is not a direct call of `settleRound`.
 */
export async function readSettleRequest(
  chain: Chain,
  transactionHash: string,
): Promise<SettleRequest> {
  const transaction = await chain.provider.getTransaction(transactionHash).catch((cause) => {
    throw toChainError(cause, `reading transaction ${transactionHash}`);
  });
  const parsed = transaction && chain.market.interface.parseTransaction({ data: transaction.data });
  if (parsed?.name !== "settleRound") {
    throw new CommonweightError(
      chainErrors.malformed,
      `transaction ${transactionHash} is not a direct call of settleRound`,
    );
  }
  const request = parsed.args[0];
  const { gram } = request.proof;
  return {
    projectId: request.projectId,
    roundIndex: Number(request.roundIndex),
    reference: toPoint(request.referenceCommitment),
    payGradient: toPoint(request.payGradientCommitment),
    modelY: request.modelY,
    aggregateY: request.aggregateY,
    trainers: [...request.trainers],
    commitments: [...request.commitments].map(toPoint),
    excludedMask: Number(request.excludedMask),
    exclusionReasons: [...getBytes(request.exclusionReasons)],
    newModelCid: cidFromBytes(request.newModelCid),
    proof: {
      gram: {
        S: toPoint(gram.S),
        R: toPoint(gram.R),
        Q: toPoint(gram.Q),
        W: toPoint(gram.W),
        mu: gram.mu,
        rhoA: gram.rhoA,
        a: gram.a,
        aInv: gram.aInv,
        s: gram.s,
      },
      dummyCommitment: toPoint(request.proof.dummyCommitment),
      gramHash: request.proof.gramHash,
      outcomeWords: [...request.proof.outcomeWords],
      aggregateCommitment: toPoint(request.proof.aggregateCommitment),
      groth16: [...request.proof.groth16],
    },
  };
}
