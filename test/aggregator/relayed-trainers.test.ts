import { Wallet } from "ethers";
import { expect, it, vi } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { signUpdate } from "../../services/adapters/chain/sign.ts";
import { createIntake } from "../../services/aggregator/intake/intake.ts";
import type { RoundStore } from "../../services/aggregator/store/round-store.ts";

const record = vi.hoisted(() => ({ status: "active", rosterIndex: 2 }));
vi.mock("../../services/adapters/chain/projects/project-trainer.ts", () => ({
  readTrainer: async () => record,
}));
vi.mock("../../services/adapters/chain/rounds/round.ts", () => ({
  readRound: async () => ({ isOpen: true, roundIndex: 0, phase: "commit", pendingMask: 0b0100n }),
}));

it("takes updates of trainers that take part, and not of one whose place is somebody else's by now", async () => {
  const signer = Wallet.createRandom();
  const update = {
    ...{ projectId: 1n, roundIndex: 0, commitmentHash: `0x${"12".repeat(32)}` },
    bundleCid: "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
  };
  const chain = {
    ...{ chainId: 1n, addresses: { market: `0x${"cd".repeat(20)}` } },
    ...{ account: `0x${"ab".repeat(20)}`, signer },
  } as unknown as Chain;
  const saved: string[] = [];
  const intake = createIntake({
    chain,
    store: { saveUpdate: () => saved.push(record.status) } as unknown as RoundStore,
    onMultiaddrs: () => {},
  });
  const signature = await signUpdate(chain, update);
  const take = () =>
    intake.takeUpdate(1n, 0, {
      ...{ trainer: signer.address, signature, multiaddrs: [] },
      ...{ commitmentHash: update.commitmentHash, bundleCid: update.bundleCid },
    });

  for (record.status of ["none", "left", "released", "expelled", "slashed"]) {
    await expect(take()).rejects.toMatchObject({ code: "CW5003" });
  }
  for (record.status of ["active", "leaving"]) await take();
  expect(saved).toEqual(["active", "leaving"]);
});
