import { expect, it, vi } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { createModelKeys } from "../../services/aggregator/model-keys.ts";

const ACCOUNT = `0x${"aa".repeat(20)}`;
vi.mock("../../services/adapters/chain/project.ts", () => ({
  readProject: async () => ({ terms: { modelVisibility: "private", parameterCount: 10 } }),
}));
vi.mock("../../services/adapters/chain/published-models.ts", () => ({
  readModels: async () =>
    Array.from({ length: 9 }, (_, index) => ({
      cid: `model-${index}`,
      commitment: { x: 1n, y: 2n },
    })),
}));
vi.mock("../../services/adapters/chain/model-readers.ts", () => ({
  isModelReader: async () => true,
  readEncryptionKey: async () => new Uint8Array(32),
}));
vi.mock("../../services/protocol/sealed-file.ts", async (original) => ({
  ...(await original<object>()),
  grantFileKey: async () => Uint8Array.of(7),
}));

it("reads one model of a project at a time, for all who ask for it meanwhile, for anybody may ask", async () => {
  const gets: string[] = [];
  const finish: (() => void)[] = [];
  const grant = createModelKeys({
    chain: { chainId: 1n, addresses: { market: ACCOUNT } } as Chain,
    contentStore: {
      get: (cid: string) => {
        gets.push(cid);
        return new Promise<Uint8Array>((resolve) => finish.push(() => resolve(new Uint8Array())));
      },
    },
  } as Parameters<typeof createModelKeys>[0]);
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };

  const asked = ["model-0", "model-0", "model-1", "model-0", "model-1"].map((cid) =>
    grant(1n, cid, ACCOUNT),
  );
  const elsewhere = grant(2n, "model-2", ACCOUNT);
  await settle();
  // Another project's readers wait for nobody's model but their own.
  expect(gets).toEqual(["model-0", "model-2"]);
  finish.shift()?.();
  await settle();
  expect(gets).toEqual(["model-0", "model-2", "model-1"]);
  for (const each of finish) each();

  expect(await Promise.all([...asked, elsewhere])).toHaveLength(6);
  grant(1n, "model-0", ACCOUNT).catch(() => undefined);
  await settle();
  expect(gets).toHaveLength(4);
});
