import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import type { ContentStore } from "../../../services/protocol/content-store.ts";
import type { Curve } from "../../../services/protocol/curve.ts";
import { commitModel } from "../../../services/protocol/gram/commitment.ts";
import {
  loadModel,
  loadModelCopy,
  type WantedModel,
} from "../../../services/protocol/model/load-model.ts";
import { encodeModelFile } from "../../../services/protocol/model/model-file.ts";

const ABSENT = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
const about = {
  chainId: 31337n,
  market: "0x00000000000000000000000000000000000000aa",
  projectId: 7n,
  fractionBits: 14,
};
const parameterCount = 33;

describe("a model whose CID on chain is no good", () => {
  let curve: Curve & AsyncDisposable;
  let store: ContentStore;
  /** The model's own file, and another model's of the same project. */
  let ownCid: string;
  let otherCid: string;
  let wanted: WantedModel;

  const publish = async (first: number) => {
    const model = Int32Array.from({ length: parameterCount }, (_, index) => first + index);
    const blinding = 5n;
    const commitment = await commitModel(curve, { model, blinding });
    const lineage = { ...about, roundIndex: 2, previousCid: ABSENT };
    const bytes = encodeModelFile({ model, blinding, commitment, lineage, ...about });
    return { cid: await store.put(bytes), commitment };
  };

  beforeAll(async () => {
    curve = await openCurve({ parameterCount });
    store = createMemoryStore();
    const own = await publish(100);
    ownCid = own.cid;
    otherCid = (await publish(200)).cid;
    const owner = "0x00000000000000000000000000000000000000bb";
    wanted = {
      ...about,
      owner,
      parameterCount,
      version: 3,
      commitment: own.commitment,
      cid: own.cid,
    };
  });
  afterAll(() => curve[Symbol.asyncDispose]());
  beforeEach(() => vi.useRealTimers());

  it("is asked for nowhere else when it is good", async () => {
    const findCopies = vi.fn(async () => [otherCid]);

    const { cid, integers } = await loadModel(curve, store, wanted, { findCopies });

    expect(cid).toBe(ownCid);
    expect(integers[0]).toBe(100);
    expect(findCopies).not.toHaveBeenCalled();
  });

  it.each([
    ["names nothing", () => ABSENT],
    ["names another model", () => otherCid],
    ["is none", () => ""],
  ])("and %s is found as the first copy that opens its commitment", async (_, cidOf) => {
    const findCopies = vi.fn(async () => [cidOf(), otherCid, ABSENT, ownCid]);

    const loaded = await loadModel(curve, store, { ...wanted, cid: cidOf() }, { findCopies });

    expect(findCopies).toHaveBeenCalledExactlyOnceWith(3);
    expect(loaded.cid).toBe(ownCid);
    expect(loaded.integers[0]).toBe(100);
  });

  it.each([
    ["nobody has a copy", async () => []],
    ["every copy is another model's", async () => [otherCid]],
    ["nobody can be asked", () => Promise.reject(new Error("no chain"))],
  ])("is refused as the chain names it when %s", async (_, findCopies) => {
    const named = { ...wanted, cid: ABSENT };

    await expect(loadModel(curve, store, named, { findCopies })).rejects.toMatchObject({
      code: "CW2400",
    });
  });

  it("has no copies before the chain has it", async () => {
    const findCopies = vi.fn(async () => [ownCid]);
    const foreseen = { ...wanted, version: undefined, cid: otherCid };

    await expect(loadModel(curve, store, foreseen, { findCopies })).rejects.toMatchObject({
      code: "CW1804",
    });
    expect(findCopies).not.toHaveBeenCalled();
  });

  it("is asked for again and again while nobody answers for it, and what is not wanted any more ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ended = vi.fn();
    const waiting: Pick<ContentStore, "get"> = {
      get: (cid, options = {}) =>
        cid !== ABSENT
          ? store.get(cid, options)
          : new Promise((_, reject) => {
              options.signal?.addEventListener("abort", () => {
                ended();
                reject(new Error("ended"));
              });
            }),
    };
    const answers = [[], [], [ownCid]];
    const findCopies = vi.fn(async () => answers.shift() ?? []);

    const loading = loadModel(curve, waiting, { ...wanted, cid: ABSENT }, { findCopies });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(findCopies).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20_002);

    expect((await loading).cid).toBe(ownCid);
    expect(findCopies).toHaveBeenCalledTimes(3);
    expect(ended).toHaveBeenCalledOnce();
  });

  it("is given up when the caller does not want it any more", async () => {
    const stop = new AbortController();
    const waiting: Pick<ContentStore, "get"> = {
      get: (_, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
        }),
    };
    const findCopies = vi.fn(async () => [ownCid]);
    const loading = loadModel(curve, waiting, wanted, { findCopies, signal: stop.signal });
    stop.abort(new Error("enough"));

    await expect(loading).rejects.toThrow("enough");
    expect(findCopies).not.toHaveBeenCalled();
  });

  it("may be looked for among copies alone", async () => {
    const named = { ...wanted, cid: otherCid };
    const copyOf = (copies: string[]) =>
      loadModelCopy(curve, store, named, { findCopies: async () => copies });

    expect((await copyOf([otherCid, ownCid]))?.cid).toBe(ownCid);
    expect(await copyOf([ABSENT])).toBeUndefined();
  });
});
