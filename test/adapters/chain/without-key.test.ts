import { Contract } from "ethers";
import { afterEach, expect, it } from "vitest";
import { type Chain, connectChain, send } from "../../../services/adapters/chain/connect.ts";
import { signUpdate } from "../../../services/adapters/chain/sign.ts";
import { fakeNode, stopFakeNode } from "../../market/fake-node.ts";

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

afterEach(stopFakeNode);

it.each([null, {}, "nonsense", "0x", "31337", `0x${"ff".repeat(32)}`])(
  "nor does it believe a node that calls its chain %j",
  async (told) => {
    const { rpcUrl } = await fakeNode(1n, { eth_chainId: () => told });
    const { market } = readOnly.addresses;
    const addresses = {
      ...{ market, vault: market, registry: market, verifier: market },
      ...{ wrappedNative: market, deployBlock: 0 },
    };

    await expect(connectChain({ rpcUrl, addresses })).rejects.toMatchObject({ code: "CW2207" });
  },
);
