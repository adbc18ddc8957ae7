import { AbiCoder, Interface } from "ethers";
import { describe, expect, it } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { chainErrors } from "../../../services/adapters/chain/errors.ts";
import { trainingMarketAbi } from "../../../services/adapters/chain/generated/training-market.ts";
import { readSettleRequest } from "../../../services/adapters/chain/rounds/settlements.ts";

const market = new Interface(trainingMarketAbi);
const point = { x: 1n, y: 2n };
const round = { projectId: 7n, roundIndex: 3, transactionHash: "0x01", outcomeWords: [99n] };

/** The data of a call that settles. */
function settling(changes: { projectId?: bigint; roundIndex?: number; outcome?: bigint } = {}) {
  const { projectId = 7n, roundIndex = 3, outcome = 99n } = changes;
  return market.encodeFunctionData("settleRound", [
    {
      ...{ projectId, roundIndex, referenceCommitment: point, payGradientCommitment: point },
      ...{ modelY: 2n, aggregateY: 0n, trainers: [`0x${"aa".repeat(20)}`], commitments: [point] },
      ...{ excludedMask: 0, exclusionReasons: "0x" },
      proof: {
        gram: {
          ...{ S: point, R: point, Q: point, W: point },
          ...{ mu: 1n, rhoA: 2n, a: 3n, aInv: 4n, s: 5n },
        },
        ...{ dummyCommitment: point, gramHash: 6n, outcomeWords: [outcome] },
        ...{ aggregateCommitment: point, groth16: new Array(8).fill(1n) },
      },
      newModelCid: `0x01551220${"5a".repeat(32)}`,
    },
  ]);
}

const read = (data: string) =>
  readSettleRequest(
    {
      market: { interface: market },
      provider: { getTransaction: async () => ({ data }) },
    } as unknown as Chain,
    round,
  );
/** As a wallet that is a contract passes a call on. */
const wrapped = (data: string, selector = "0xb61d27f6") =>
  selector +
  AbiCoder.defaultAbiCoder()
    .encode(["address", "uint256", "bytes"], [`0x${"bb".repeat(20)}`, 0n, data])
    .slice(2);

describe("what a settlement sent", () => {
  it.each([
    ["in a transaction of its own", settling()],
    ["through a wallet that is a contract", wrapped(settling())],
    ["through two of them", wrapped(wrapped(settling()))],
    [
      "among other calls, of other rounds and projects too",
      market.encodeFunctionData("multicall", [
        [settling({ roundIndex: 2 }), settling({ projectId: 8n }), settling()],
      ]),
    ],
    ["behind a call with another outcome", settling({ outcome: 98n }) + settling().slice(2)],
    ["at the end of bytes of any length", `0x1234567890${settling().slice(2)}`],
  ])("is found %s", async (_, data) => {
    const request = await read(data);

    expect(request).toMatchObject({ projectId: 7n, roundIndex: 3, commitments: [point] });
    expect(request.proof.outcomeWords).toEqual([99n]);
  });

  it.each([
    ["nothing", "0x"],
    ["other rounds", settling({ roundIndex: 4 })],
    ["a call that is cut off", settling().slice(0, -600)],
    ["the selector without end", `0x${settling().slice(2, 10).repeat(30_000)}`],
  ])("is nowhere in %s", async (_, data) => {
    await expect(read(data)).rejects.toMatchObject({ code: chainErrors.malformed.code });
  });

  it("is told as it was sent where something else was announced, for the audit to compare", async () => {
    expect((await read(settling({ outcome: 98n }))).proof.outcomeWords).toEqual([98n]);
  });

  it("is nowhere in a transaction that the node does not have", async () => {
    const chain = {
      market: { interface: market },
      provider: { getTransaction: async () => null },
    } as unknown as Chain;

    await expect(readSettleRequest(chain, round)).rejects.toMatchObject({
      code: chainErrors.malformed.code,
    });
  });
});
