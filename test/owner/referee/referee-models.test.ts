import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import type { PublishedModel } from "../../../services/adapters/chain/rounds/published-models.ts";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { openRefereeModels } from "../../../services/owner/referee/referee-models.ts";
import type { ContentStore } from "../../../services/protocol/content-store.ts";
import type { Curve } from "../../../services/protocol/curve.ts";
import {
  ABSENT_CID,
  MODEL_PARAMETERS,
  modelProject,
  publishModel,
} from "../../protocol/model/published-model.ts";

const copy = vi.hoisted(() => ({ cid: undefined as string | undefined }));
vi.mock("../../../services/command-line/model-copies.ts", () => ({
  modelCopyKeepers: () => [async () => copy.cid],
}));

describe("a referee's models, when the project has ended", () => {
  let curve: Curve & AsyncDisposable;
  let ipfs: ContentStore;
  let final: PublishedModel;

  beforeAll(async () => {
    curve = await openCurve({ parameterCount: MODEL_PARAMETERS });
  });
  afterAll(() => curve[Symbol.asyncDispose]());
  beforeEach(async () => {
    ipfs = createMemoryStore();
    const { cid, commitment } = await publishModel(curve, ipfs, 100);
    await ipfs.unpin(cid);
    final = { version: 1, roundIndex: 0, cid, commitment } as PublishedModel;
  });

  const keep = async (model: PublishedModel) => {
    const { market, chainId, fractionBits, projectId } = modelProject;
    const { signal } = new AbortController();
    const models = openRefereeModels(
      {
        ...{ chain: { chainId, addresses: { market } }, owner: market, curve, manifest: {} },
        ...{ terms: { fractionBits, parameterCount: MODEL_PARAMETERS }, sets: {} },
        ...{ holder: "referee/1", modelLog: { read: async () => [model] } },
        ipfs: {
          ...ipfs,
          get: (cid: string, options: object) => ipfs.get(cid, { ...options, retries: 0 }),
          pin: (cid: string, options: object) => ipfs.pin(cid, { ...options, retries: 0 }),
        },
      } as never,
      { projectId, signal, onEvaluated: () => {} },
    );
    await models.keep({ phase: "ended" } as Project);
    return ipfs.pins();
  };

  it("has the last one, as the chain names it", async () => {
    expect(await keep(final)).toEqual([{ cid: final.cid, holder: "referee/1" }]);
  });

  it("has a copy of it for ever where the chain names nothing, and asks again while there is none", async () => {
    const misnamed = { ...final, cid: ABSENT_CID };
    copy.cid = undefined;
    await expect(keep(misnamed)).rejects.toMatchObject({ code: "CW2400" });

    copy.cid = final.cid;
    expect(await keep(misnamed)).toEqual([{ cid: final.cid, holder: "owner" }]);
  });
});
