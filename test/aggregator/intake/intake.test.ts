import { Wallet } from "ethers";
import { expect, it } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { signMessage, signUpdate } from "../../../services/adapters/chain/sign.ts";
import { createIntake } from "../../../services/aggregator/intake/intake.ts";
import type { RoundStore } from "../../../services/aggregator/store/round-store.ts";
import { keyReleaseMessage } from "../../../services/protocol/market/signed-messages.ts";

const MARKET = `0x${"cd".repeat(20)}`;
const AGGREGATOR = `0x${"ab".repeat(20)}`;
const [trainer, stranger] = [Wallet.createRandom(), Wallet.createRandom()];
/** A connection that signs, and answers nothing: what is not signed must be refused before anybody is asked. */
const chainOf = (signer?: typeof trainer) =>
  ({ chainId: 1n, addresses: { market: MARKET }, account: AGGREGATOR, signer }) as unknown as Chain;
const intake = createIntake({
  ...{ chain: chainOf(), store: {} as RoundStore },
  onMultiaddrs: () => {
    throw new Error("nobody is dialled for what is not signed");
  },
});
const notSigned = { code: "CW5002" };

const update = {
  projectId: 1n,
  roundIndex: 0,
  commitmentHash: `0x${"12".repeat(32)}`,
  bundleCid: "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
};
const takeUpdate = (signature: string) =>
  intake.takeUpdate(1n, 0, {
    ...{ trainer: trainer.address, signature, multiaddrs: [] },
    ...{ commitmentHash: update.commitmentHash, bundleCid: update.bundleCid },
  });

it("refuses an update that somebody else signed, that was signed for another round, or that nobody signed", async () => {
  const byStranger = await signUpdate(chainOf(stranger), update);
  const ofAnotherRound = await signUpdate(chainOf(trainer), { ...update, roundIndex: 1 });

  for (const signature of [byStranger, ofAnotherRound, `0x${"11".repeat(65)}`]) {
    await expect(takeUpdate(signature)).rejects.toMatchObject(notSigned);
  }
});

it("refuses a key that is not signed by its sender, or was signed for another aggregator", async () => {
  const contentKey = `0x${"34".repeat(32)}`;
  const context = { chainId: 1n, market: MARKET, projectId: 1n, roundIndex: 0 };
  const sign = (signer: typeof trainer, aggregator: string) =>
    signMessage(
      chainOf(signer),
      keyReleaseMessage(context, { aggregator, kind: "update", contentKey }),
    );
  const signatures = [
    await sign(stranger, AGGREGATOR),
    await sign(trainer, `0x${"ef".repeat(20)}`),
  ];

  for (const signature of signatures) {
    const body = { sender: trainer.address, kind: "update", contentKey, signature } as const;
    await expect(intake.takeKey(1n, 0, body)).rejects.toMatchObject(notSigned);
  }
});
