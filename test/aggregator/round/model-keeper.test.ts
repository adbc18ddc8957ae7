import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import type { PublishedModel } from "../../../services/adapters/chain/rounds/published-models.ts";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { newestFirst } from "../../../services/aggregator/newest-first.ts";
import {
  ModelKeeper,
  type ModelKeeperParameters,
} from "../../../services/aggregator/round/model-keeper.ts";
import type { ModelCopy } from "../../../services/aggregator/store/round-store.ts";
import type { ContentStore, GetOptions } from "../../../services/protocol/content-store.ts";
import type { Curve } from "../../../services/protocol/curve.ts";
import { commitModel } from "../../../services/protocol/gram/commitment.ts";
import type { AskForCopy } from "../../../services/protocol/model/load-model.ts";
import {
  ABSENT_CID,
  MODEL_PARAMETERS,
  modelFrom,
  modelProject,
  publishModel,
} from "../../protocol/model/published-model.ts";

const chainSays = vi.hoisted(() => ({
  models: [] as PublishedModel[],
  copyKeepers: [] as AskForCopy[],
  rebuilt: [] as number[],
  manifestCid: "",
}));
vi.mock("../../../services/adapters/chain/rounds/model-log.ts", () => ({
  ModelLog: class {
    read = async () => chainSays.models;
  },
}));
vi.mock("../../../services/adapters/chain/projects/project-posting.ts", () => ({
  readPosting: async () => ({ manifestCid: chainSays.manifestCid }),
}));
vi.mock("../../../services/command-line/model-copies.ts", () => ({
  modelCopyKeepers: () => chainSays.copyKeepers,
}));
vi.mock("../../../services/aggregator/round/rebuild-model.ts", () => ({
  rebuildModel: async ({ model }: { model: PublishedModel }) => {
    chainSays.rebuilt.push(model.version);
    return modelOf(model.version);
  },
}));

/** Model n of the project has the numbers from 100 n on. */
const modelOf = (version: number) => modelFrom(100 * version);

describe("an aggregator's models", () => {
  let curve: Curve & AsyncDisposable;
  let contentStore: ContentStore;
  let copies: ModelCopy[];
  let asked: { readonly cid: string; readonly options: GetOptions }[];

  const publish = async (version: number, first = version): Promise<PublishedModel> => {
    const published = await publishModel(curve, contentStore, 100 * first);
    return { version, roundIndex: version - 1, ...published } as PublishedModel;
  };
  const keeper = (firstFiles = newestFirst(9)) =>
    new ModelKeeper({
      ...{
        chain: { ...modelProject, addresses: modelProject },
        projectId: 7n,
        curveFor: async () => curve,
        firstFiles,
      },
      ...{ layoutOf: async () => [], onEvent: () => {}, signal: new AbortController().signal },
      contentStore: {
        ...contentStore,
        // Of what is nowhere nobody says so before the time is over; that is not waited for here.
        get: (cid: string, options: GetOptions = {}) => {
          asked.push({ cid, options });
          return contentStore.get(cid, { ...options, retries: 0 });
        },
        pin: (cid: string, options: GetOptions) =>
          contentStore.pin(cid, { ...options, retries: 0 }),
      },
      store: {
        findModelCopy: (_: bigint, version: number) =>
          copies.find((each) => each.version === version),
        saveModelCopy: (_: bigint, copy: ModelCopy) => copies.push(copy),
        saveContent: () => {},
      },
    } as unknown as ModelKeeperParameters);
  const projectWith = (models: PublishedModel[]) => {
    chainSays.models = models;
    const modelCommitment = models.at(-1)?.commitment;
    const terms = {
      ...{ parameterCount: MODEL_PARAMETERS, fractionBits: modelProject.fractionBits },
      ...{ modelVisibility: "public", aggregators: [] },
    };
    return {
      ...{ projectId: 7n, owner: "0xowner", modelCommitment, terms },
      nextRoundIndex: models.length - 1,
    } as unknown as Project;
  };
  const currentOf = (models: PublishedModel[]) => keeper().current(projectWith(models));

  beforeAll(async () => {
    curve = await openCurve({ parameterCount: MODEL_PARAMETERS });
  });
  afterAll(() => curve[Symbol.asyncDispose]());
  beforeEach(() => {
    contentStore = createMemoryStore();
    copies = [];
    asked = [];
    chainSays.copyKeepers = [];
    chainSays.rebuilt = [];
  });

  it("are computed again when the file on chain is nowhere, and found as the copy afterwards", async () => {
    const models = [await publish(0), { ...(await publish(1)), cid: ABSENT_CID }];

    expect((await currentOf(models))[0].integers[0]).toBe(100);
    expect(chainSays.rebuilt).toEqual([1]);
    expect(copies).toEqual([
      { version: 1, commitment: models[1]?.commitment, cid: expect.any(String) },
    ]);
    expect((await currentOf(models))[0].integers[0]).toBe(100);
    expect(chainSays.rebuilt).toEqual([1]);
  });

  it("are not looked for in a copy of another one, whose number a reorganisation has given to them", async () => {
    const [initial, gone, now] = [await publish(0), await publish(1, 5), await publish(1)];
    copies = [{ ...gone }];

    expect((await currentOf([initial, now]))[0].integers[0]).toBe(100);
    expect(asked.map(({ cid }) => cid)).toEqual([now.cid, initial.cid]);
    expect(chainSays.rebuilt).toEqual([]);
  });

  it("wait for no colleague's copy longer than for the file on chain", async () => {
    chainSays.copyKeepers = [
      async () => "bafkreialieialieialieialieialieialieialieialieialieialiei",
    ];
    const models = [await publish(0), { ...(await publish(1)), cid: ABSENT_CID }];

    await currentOf(models);

    const [lie] = asked;
    expect(lie?.cid).toMatch(/^bafkreialie/);
    expect(lie?.options).toMatchObject({ timeoutMs: 15_000, retries: 0 });
    expect(chainSays.rebuilt).toEqual([1]);
  });

  it.each([
    ["nothing", async () => ABSENT_CID],
    ["the file of the model before", async (initial: PublishedModel) => initial.cid],
  ])(
    "that it has computed itself it says where they are when another one settles first and names %s",
    async (_, cidOf) => {
      chainSays.manifestCid = ABSENT_CID;
      const initial = await publish(0);
      const own = keeper();
      const step = Int32Array.from({ length: MODEL_PARAMETERS }, () => 100);
      const { cid, commitment } = await own.publish(projectWith([initial]), {
        ...{ roundIndex: 0, model: modelOf(1) },
        aggregateCommitment: await commitModel(curve, { model: step, blinding: 0n }),
      });
      const settled = { version: 1, roundIndex: 0, commitment, cid: await cidOf(initial) };

      const { done } = await own.keep(projectWith([initial, settled as PublishedModel]));
      await done;

      expect(copies).toEqual([{ version: 1, commitment, cid }]);
      expect(chainSays.rebuilt).toEqual([]);
    },
  );

  it("are looked for in turn with those of others before the project has a round", async () => {
    const turns: bigint[] = [];
    const own = keeper(async (projectId, work) => {
      turns.push(projectId);
      return work();
    });
    chainSays.manifestCid = await contentStore.put(new Uint8Array(9), { pin: false });
    const models = [await publish(0), await publish(1)];

    await (await own.keep(projectWith(models.slice(0, 1)))).done;
    expect(turns).toEqual([7n, 7n]);
    await (await own.keep(projectWith(models))).done;
    expect(turns).toHaveLength(2);
  });

  it("leave everything else of the project pinned, whatever is named in their place", async () => {
    chainSays.manifestCid = await contentStore.put(new Uint8Array(9), { pin: false });
    const initial = await publish(0);
    for (const [version, cid] of [chainSays.manifestCid, initial.cid].entries()) {
      const settled = { ...(await publish(version + 1)), cid };

      const { done } = await keeper().keep(projectWith([initial, settled]));
      await done;

      const pinned = (await contentStore.pins()).map((pin) => pin.cid);
      expect(pinned).toEqual(expect.arrayContaining([chainSays.manifestCid, initial.cid]));
    }
  });

  it("that can never be the project's are read and computed once, not at every look", async () => {
    const initial = { ...(await publish(0)), cid: (await publish(1)).cid };
    const own = keeper();

    for (let look = 0; look < 3; look++) {
      await expect(own.current(projectWith([initial]))).rejects.toMatchObject({ code: "CW1804" });
    }
    expect(asked.map(({ cid }) => cid)).toEqual([initial.cid]);
  });

  it("come with a manifest that is no longer than one may be: a project's owner names any file as it", async () => {
    const pinned = async (manifestBytes: number) => {
      chainSays.manifestCid = await contentStore.put(new Uint8Array(manifestBytes), { pin: false });
      const { done } = await keeper().keep(projectWith([await publish(0)]));
      const isAllHere = await done;
      const isPinned = (await contentStore.pins()).some(({ cid }) => cid === chainSays.manifestCid);
      expect(isAllHere).toBe(isPinned);
      return isPinned;
    };

    expect(await pinned(65_536)).toBe(true);
    expect(await pinned(65_537)).toBe(false);
  });
});
