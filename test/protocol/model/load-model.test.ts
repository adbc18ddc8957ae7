import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import type { ContentStore } from "../../../services/protocol/content-store.ts";
import type { Curve } from "../../../services/protocol/curve.ts";
import {
  loadModel,
  loadModelCopy,
  type WantedModel,
} from "../../../services/protocol/model/load-model.ts";
import { ABSENT_CID, MODEL_PARAMETERS, modelProject, publishModel } from "./published-model.ts";

describe("a model whose CID on chain is no good", () => {
  let curve: Curve & AsyncDisposable;
  let store: ContentStore;
  /** The model's own file, and another model's of the same project. */
  let ownCid: string;
  let otherCid: string;
  let wanted: WantedModel;

  beforeAll(async () => {
    curve = await openCurve({ parameterCount: MODEL_PARAMETERS });
    store = createMemoryStore();
    const own = await publishModel(curve, store, 100);
    ownCid = own.cid;
    otherCid = (await publishModel(curve, store, 200)).cid;
    const owner = "0x00000000000000000000000000000000000000bb";
    wanted = {
      ...modelProject,
      owner,
      parameterCount: MODEL_PARAMETERS,
      version: 3,
      commitment: own.commitment,
      cid: own.cid,
    };
  });
  afterAll(() => curve[Symbol.asyncDispose]());
  beforeEach(() => vi.useRealTimers());

  /** Keepers of copies, each of whom names these CIDs one after the other, and then none. */
  const keepersOf = (...names: (string | undefined)[][]) =>
    names.map((cids) => vi.fn(async () => cids.shift()));
  /** Content behind a CID that never comes, as from somebody who has gone or sends it drop by drop. */
  const withholding = (...withheld: string[]) => {
    const ended = vi.fn();
    const waiting: Pick<ContentStore, "get"> = {
      get: (cid, options = {}) =>
        withheld.includes(cid)
          ? new Promise((_, reject) => {
              options.signal?.addEventListener("abort", () => {
                ended();
                reject(options.signal?.reason);
              });
            })
          : store.get(cid, options),
    };
    return { waiting, ended };
  };

  it("is asked for nowhere else when it is good", async () => {
    const copyKeepers = keepersOf([otherCid]);

    const { cid, integers } = await loadModel(curve, store, wanted, { copyKeepers });

    expect(cid).toBe(ownCid);
    expect(integers[0]).toBe(100);
    expect(copyKeepers[0]).not.toHaveBeenCalled();
  });

  it.each([
    ["names nothing", () => ABSENT_CID],
    ["names another model", () => otherCid],
    ["is none", () => ""],
  ])("and %s is found as the copy that opens its commitment", async (_, cidOf) => {
    const copyKeepers = keepersOf([cidOf()], [otherCid], [], [ABSENT_CID], [ownCid]);

    const loaded = await loadModel(curve, store, { ...wanted, cid: cidOf() }, { copyKeepers });

    for (const ask of copyKeepers) {
      expect(ask).toHaveBeenCalledExactlyOnceWith(3, expect.any(AbortSignal));
    }
    expect(loaded.cid).toBe(ownCid);
    expect(loaded.integers[0]).toBe(100);
  });

  it.each([
    ["nobody has a copy", () => keepersOf([])],
    ["every copy is another model's", () => keepersOf([otherCid], [ABSENT_CID])],
    ["nobody can be asked", () => [() => Promise.reject(new Error("no chain"))]],
  ])("is refused as the chain names it when %s", async (_, keepers) => {
    const named = { ...wanted, cid: ABSENT_CID };

    await expect(loadModel(curve, store, named, { copyKeepers: keepers() })).rejects.toMatchObject({
      code: "CW2400",
    });
  });

  it("has no copies before the chain has it", async () => {
    const copyKeepers = keepersOf([ownCid]);
    const foreseen = { ...wanted, version: undefined, cid: otherCid };

    await expect(loadModel(curve, store, foreseen, { copyKeepers })).rejects.toMatchObject({
      code: "CW1804",
    });
    expect(copyKeepers[0]).not.toHaveBeenCalled();
  });

  it("is asked for again and again while nobody answers for it, and what is not wanted any more ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { waiting, ended } = withholding(ABSENT_CID);
    const copyKeepers = keepersOf([undefined, undefined, ownCid]);

    const loading = loadModel(curve, waiting, { ...wanted, cid: ABSENT_CID }, { copyKeepers });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(copyKeepers[0]).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20_002);

    expect((await loading).cid).toBe(ownCid);
    expect(copyKeepers[0]).toHaveBeenCalledTimes(3);
    expect(ended).toHaveBeenCalledOnce();
  });

  it("is not kept from anybody by a copy that never comes, nor by a keeper that never answers", async () => {
    const { waiting } = withholding("withheld");
    const silent = () => new Promise<undefined>(() => {});
    const copyKeepers = [...keepersOf(["withheld"]), silent, ...keepersOf([ownCid])];
    const named = { ...wanted, cid: otherCid };

    expect((await loadModel(curve, waiting, named, { copyKeepers })).cid).toBe(ownCid);
    const again = [...keepersOf(["withheld"]), silent, ...keepersOf([ownCid])];
    expect((await loadModelCopy(curve, waiting, named, { copyKeepers: again }))?.cid).toBe(ownCid);
  });

  it("is not kept from anybody by a copy that fails here, and only here", async () => {
    const broken: Pick<ContentStore, "get"> = {
      get: (cid, options) =>
        cid === "broken" ? Promise.reject(new TypeError("broken")) : store.get(cid, options),
    };
    const named = { ...wanted, cid: otherCid };

    const copyKeepers = keepersOf(["broken"], [ownCid]);
    expect((await loadModel(curve, broken, named, { copyKeepers })).cid).toBe(ownCid);
    const again = keepersOf(["broken"], [ownCid]);
    expect((await loadModelCopy(curve, broken, named, { copyKeepers: again }))?.cid).toBe(ownCid);
  });

  it("has nobody fetch more than three files for each who names copies", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { waiting } = withholding(ABSENT_CID);
    const got: string[] = [];
    const counting: Pick<ContentStore, "get"> = {
      get: (cid, options) => {
        got.push(cid);
        return waiting.get(cid, options);
      },
    };
    const liar = keepersOf(Array.from({ length: 10 }, (_, index) => `bafylie${index}`));
    const loading = loadModel(
      curve,
      counting,
      { ...wanted, cid: ABSENT_CID },
      { copyKeepers: liar },
    );
    loading.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(100_000);

    expect(got).toEqual([ABSENT_CID, "bafylie0", "bafylie1", "bafylie2"]);
  });

  it("is given up when the caller does not want it any more", async () => {
    const stop = new AbortController();
    const { waiting } = withholding(ownCid);
    const copyKeepers = keepersOf([ownCid]);
    const loading = loadModel(curve, waiting, wanted, { copyKeepers, signal: stop.signal });
    stop.abort(new Error("enough"));

    await expect(loading).rejects.toThrow("enough");
    expect(copyKeepers[0]).not.toHaveBeenCalled();
  });

  it("may be looked for among copies alone", async () => {
    const named = { ...wanted, cid: otherCid };
    const copyOf = (...names: string[][]) =>
      loadModelCopy(curve, store, named, { copyKeepers: keepersOf(...names) });

    expect((await copyOf([otherCid], [ownCid]))?.cid).toBe(ownCid);
    expect(await copyOf([ABSENT_CID])).toBeUndefined();
    expect(await copyOf()).toBeUndefined();
  });
});
