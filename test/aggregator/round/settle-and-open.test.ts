import { beforeEach, expect, it, vi } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { chainErrors } from "../../../services/adapters/chain/errors.ts";
import type { RoundOpening } from "../../../services/adapters/chain/rounds/round.ts";
import type { Receipt } from "../../../services/adapters/chain/transactions/transaction-receipt.ts";
import { settleAndOpen } from "../../../services/aggregator/round/settle-and-open.ts";
import { CommonweightError } from "../../../services/protocol/errors.ts";
import type { SettleRequest } from "../../../services/protocol/round/settlement.ts";

const round = vi.hoisted(() => ({ settleRound: vi.fn(), settleAndOpenRound: vi.fn() }));
vi.mock("../../../services/adapters/chain/rounds/round.ts", () => round);

const [chain, settlement, next] = [{} as Chain, {} as SettleRequest, {} as RoundOpening];
const receiptOf = (hash: string): Receipt => ({
  ...{ hash, blockNumber: 1, gasUsed: 1n, gasPriceWei: 1n },
});
beforeEach(() => {
  round.settleRound.mockReset().mockResolvedValue(receiptOf("alone"));
  round.settleAndOpenRound.mockReset().mockResolvedValue(receiptOf("both"));
});

it("settles and opens in one transaction when the next round can open", async () => {
  const mined = await settleAndOpen(chain, settlement, next);

  expect(mined).toEqual({ receipt: receiptOf("both"), isNextOpen: true });
  expect(round.settleRound).not.toHaveBeenCalled();
});

it("settles alone when what opens the next round is not here", async () => {
  const mined = await settleAndOpen(chain, settlement, undefined);

  expect(mined).toEqual({ receipt: receiptOf("alone"), isNextOpen: false });
  expect(round.settleAndOpenRound).not.toHaveBeenCalled();
});

it.each([chainErrors.refused, chainErrors.failed])(
  "settles alone when both together end in $code",
  async (definition) => {
    round.settleAndOpenRound.mockRejectedValue(new CommonweightError(definition));

    const mined = await settleAndOpen(chain, settlement, next);

    expect(mined).toEqual({ receipt: receiptOf("alone"), isNextOpen: false });
  },
);

it("sends nothing more while it is not known what became of both", async () => {
  round.settleAndOpenRound.mockRejectedValue(new CommonweightError(chainErrors.unreachable));

  await expect(settleAndOpen(chain, settlement, next)).rejects.toMatchObject({ code: "CW2200" });
  expect(round.settleRound).not.toHaveBeenCalled();
});
