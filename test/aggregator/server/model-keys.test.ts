import { expect, it, vi } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { createModelKeys } from "../../../services/aggregator/server/model-keys.ts";

const ACCOUNT = `0x${"aa".repeat(20)}`;
const newest = { x: 1n, y: 2n };
const noCopies = { listModelCopies: () => [] };
const searches = vi.hoisted(() => ({ count: 0 }));
vi.mock("../../../services/adapters/chain/projects/project.ts", () => ({
  readProject: async (_chain: unknown, projectId: bigint) => ({
    projectId,
    owner: ACCOUNT,
    modelCommitment: { ...newest },
    terms: {
      modelVisibility: projectId === 3n ? "public" : "private",
      parameterCount: 10,
      aggregators: [projectId === 4n ? `0x${"bb".repeat(20)}` : ACCOUNT],
    },
  }),
}));
vi.mock("../../../services/adapters/chain/rounds/published-models.ts", () => ({
  readModels: async () => {
    searches.count++;
    return Array.from({ length: 9 }, (_, index) => ({
      version: index,
      cid: `model-${index}`,
      commitment: { ...newest },
    }));
  },
}));
vi.mock("../../../services/adapters/chain/projects/model-readers.ts", () => ({
  isModelReader: async () => true,
  readEncryptionKey: async () => new Uint8Array(32),
}));
vi.mock("../../../services/protocol/sealing/sealed-file.ts", async (original) => ({
  ...(await original<object>()),
  grantFileKey: async () => Uint8Array.of(7),
}));

const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

/** An account that grants keys, whose store answers like this, and the files that it was asked for. */
function granting(get: (cid: string) => Promise<Uint8Array>, parts: object = {}) {
  const gets: string[] = [];
  const grant = createModelKeys({
    chain: { chainId: 1n, account: ACCOUNT, addresses: { market: ACCOUNT } } as Chain,
    store: noCopies,
    ...parts,
    contentStore: {
      get: (cid: string) => {
        gets.push(cid);
        return get(cid);
      },
    },
  } as unknown as Parameters<typeof createModelKeys>[0]);
  return { grant, gets };
}

it("reads one model of a project at a time, for all who ask for it meanwhile, for anybody may ask", async () => {
  const finish: (() => void)[] = [];
  const { grant, gets } = granting(
    () => new Promise((resolve) => finish.push(() => resolve(new Uint8Array()))),
  );
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

it("waits for nothing of another project that names the same file, and has room for less", async () => {
  const { grant, gets } = granting((cid) =>
    // Of the other project's first file nobody knows anything.
    cid === "model-0" ? new Promise(() => {}) : Promise.resolve(new Uint8Array()),
  );

  for (const cid of ["model-0", "model-1"]) grant(2n, cid, ACCOUNT).catch(() => undefined);
  await settle();
  expect(await grant(1n, "model-1", ACCOUNT)).toEqual({ sealedKey: "0x07" });
  expect(gets).toEqual(["model-0", "model-1"]);
});

it("grants nothing in projects that its account does not serve", async () => {
  const serving = { owners: [`0x${"cc".repeat(20)}`] };
  const { grant } = granting(() => Promise.reject(new Error("read")), { serving });

  await expect(grant(1n, "model-1", ACCOUNT)).rejects.toMatchObject({ code: "CW5014" });
});

it("searches the chain's log once for all who ask, and not for what is not its own or not private", async () => {
  searches.count = 0;
  newest.x = 5n;
  const { grant } = granting(async () => new Uint8Array());
  const codeOf = (projectId: bigint, cid: string) =>
    grant(projectId, cid, ACCOUNT).then(
      () => "granted",
      (error: { code: string }) => error.code,
    );

  for (const projectId of [3n, 4n]) expect(await codeOf(projectId, "model-0")).toBe("CW5006");
  expect(searches.count).toBe(0);
  const asked = Array.from({ length: 50 }, (_, index) => codeOf(1n, `model-${index % 10}`));
  expect((await Promise.all(asked)).filter((code) => code === "granted")).toHaveLength(45);
  expect(searches.count).toBe(1);
  newest.x = 6n;
  expect(await codeOf(1n, "model-1")).toBe("granted");
  expect(await codeOf(1n, "nothing")).toBe("CW5006");
  expect(searches.count).toBe(2);
});

it("grants a copy of a model that the chain knows under another CID, for the model that it is a copy of", async () => {
  const store = { listModelCopies: () => [{ version: 8, cid: "copy-of-8" }] };
  const { grant, gets } = granting(async () => new Uint8Array(), { store });

  expect(await grant(1n, "copy-of-8", ACCOUNT)).toEqual({ sealedKey: "0x07" });
  expect(gets).toEqual(["copy-of-8"]);
  await expect(grant(1n, "copy-of-7", ACCOUNT)).rejects.toMatchObject({ code: "CW5006" });
});
