import { Contract } from "ethers";
import { expect, it } from "vitest";
import { type Chain, send } from "../../../services/adapters/chain/connect.ts";
import { signUpdate } from "../../../services/adapters/chain/sign.ts";

const MARKET = `0x${"cd".repeat(20)}`;
const readOnly = { chainId: 1n, addresses: { market: MARKET }, signer: undefined } as Chain;

it("a connection without a key sends nothing", async () => {
  const market = new Contract(MARKET, ["function announceStop(uint256)"]);

  await expect(send(readOnly, market, "announceStop", [1n])).rejects.toMatchObject({
    code: "CW2204",
    message: expect.stringContaining("announceStop"),
  });
});

it("and signs nothing", () => {
  const update = { projectId: 1n, roundIndex: 0, commitmentHash: "0x", bundleCid: "" };

  expect(() => signUpdate(readOnly, update)).toThrow(expect.objectContaining({ code: "CW2204" }));
});
