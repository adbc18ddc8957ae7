import { getBytes } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import type { SettleRequest } from "../../../protocol/round/settlement.ts";
import { cidFromBytes } from "../cid-bytes.ts";
import type { Chain } from "../connect.ts";
import { toPoint } from "../contract-values.ts";
import { chainErrors, toChainError } from "../errors.ts";
import { type BlockRange, type EventPlace, findEvents } from "../project-events.ts";
import { splitCredits } from "../projects/credits.ts";

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
  range: BlockRange = {},
): Promise<Settlement[]> {
  const found = await findEvents(chain, "RoundSettled", [projectId, roundIndex ?? null], range);
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
 * What a settlement sent, decoded from its transaction: the proof itself is nowhere else. An aggregator may be a contract, or settle
 * several rounds at once: then the call lies somewhere within the transaction's data, and the one with the announced outcome counts.
 *
 * @throws CW2207 when the transaction's data hold no settlement of the round, as plain words.
 */
export async function readSettleRequest(
  chain: Chain,
  round: Pick<Settlement, "transactionHash" | "roundIndex" | "outcomeWords"> & {
    readonly projectId: bigint;
  },
): Promise<SettleRequest> {
  const { transactionHash, projectId, roundIndex, outcomeWords } = round;
  const transaction = await chain.provider.getTransaction(transactionHash).catch((cause) => {
    throw toChainError(cause, `reading transaction ${transactionHash}`);
  });
  let ofRound: SettleRequest | undefined;
  for (const request of settleRequestsIn(chain, transaction?.data ?? "")) {
    if (request.projectId !== projectId || request.roundIndex !== roundIndex) continue;
    if (request.proof.outcomeWords.join() === outcomeWords.join()) return request;
    ofRound ??= request;
  }
  // Something else was announced than was sent, which is for the audit to say, by name.
  if (ofRound !== undefined) return ofRound;
  throw new CommonweightError(
    chainErrors.malformed,
    `transaction ${transactionHash} has no call of settleRound for round ${roundIndex} of project ${projectId} in its data`,
  );
}

/** More calls are not looked at: whoever repeats the selector does not keep a reader busy. */
const MOST_CALLS = 64;

/** Whatever decodes as a settlement, wherever it begins in a call's data. */
function* settleRequestsIn({ market }: Chain, data: string): Generator<SettleRequest> {
  const settle = market.interface.getFunction("settleRound");
  if (settle === null) return;
  const selector = settle.selector.slice(2);
  let tried = 0;
  for (let at = data.indexOf(selector); at >= 0; at = data.indexOf(selector, at + 2)) {
    // Within a byte it is no selector.
    if (at % 2 !== 0) continue;
    if (++tried > MOST_CALLS) return;
    try {
      // A decoder reads what belongs to the call and nothing behind it.
      const [request] = market.interface.decodeFunctionData(settle, `0x${data.slice(at)}`);
      yield toSettleRequest(request);
    } catch {
      // These bytes happened to look like one.
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: values by name, as the ABI has them
function toSettleRequest(request: any): SettleRequest {
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
