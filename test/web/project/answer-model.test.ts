import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import { aggregatorErrors } from "../../../services/aggregator/errors.ts";
import { createMetrics } from "../../../services/aggregator/metrics.ts";
import {
  type HttpServer,
  type HttpServerParameters,
  startHttpServer,
} from "../../../services/aggregator/server/http-server.ts";
import { CommonweightError } from "../../../services/protocol/errors.ts";
import { sealModel } from "../../../services/protocol/model/private-model.ts";
import { answerModel } from "../../../web/project/answer-model.ts";
import type { ModelRequest } from "../../../web/project/model-messages.ts";
import {
  ABSENT_CID,
  MODEL_PARAMETERS,
  modelProject,
  publishModel,
} from "../../protocol/model/published-model.ts";

describe("the page's check of a model", () => {
  const store = createMemoryStore();
  /** Under which CID the aggregator says to keep a copy, of whatever version. */
  let copyCid: string | undefined;
  let ownCid: string;
  let otherCid: string;
  let request: ModelRequest;
  let server: HttpServer;

  beforeAll(async () => {
    server = await startHttpServer({
      ...{ host: "127.0.0.1", port: 0, metrics: createMetrics() },
      status: {
        modelCopy: () => {
          if (copyCid === undefined) throw new CommonweightError(aggregatorErrors.unknownRecord);
          return { cid: copyCid };
        },
      },
      readBlock: (cid: string) => store.getBlock(cid),
      exportCar: (cid: string) => store.exportCar(cid),
    } as unknown as HttpServerParameters);
    await using curve = await openCurve({ parameterCount: MODEL_PARAMETERS });
    const { cid, commitment } = await publishModel(curve, store, 100);
    ownCid = cid;
    otherCid = (await publishModel(curve, store, 200)).cid;
    request = {
      ...{
        ...modelProject,
        parameterCount: MODEL_PARAMETERS,
        gateway: server.url,
        isDevelopment: true,
      },
      ...{ owner: modelProject.market, visibility: "public" },
      model: { version: 3, roundIndex: 2, commitment, cid: ownCid } as ModelRequest["model"],
    };
  });
  afterAll(() => server?.stop());

  const checked = (cid: string, changes: Partial<ModelRequest> = {}) =>
    answerModel({ ...request, ...changes, model: { ...request.model, cid } });

  it("finds the file that the chain names, and asks for no copy", async () => {
    copyCid = otherCid;
    const { check, bytes } = await checked(ownCid);

    expect(check).toMatchObject({ isPassed: true, detail: `${ownCid} opens its commitment` });
    expect(bytes?.length).toBeGreaterThan(4 * MODEL_PARAMETERS);
  });

  it.each([
    ["nothing", () => ABSENT_CID, "CW2400"],
    ["another model", () => otherCid, "CW1804"],
  ])(
    "offers a copy that opens the commitment where the chain names %s, and says so",
    async (_, cidOf, code) => {
      copyCid = ownCid;
      const { check, bytes } = await checked(cidOf());

      expect(check.isPassed).toBe(true);
      expect(check.detail).toContain(code);
      expect(check.detail).toContain(`A copy: ${ownCid} opens its commitment`);
      expect(bytes).toEqual(await store.get(ownCid));
    },
  );

  it("offers nothing where there is no copy, or one that is another model", async () => {
    for (const told of [undefined, otherCid, ABSENT_CID]) {
      copyCid = told;

      expect(await checked(ABSENT_CID)).toMatchObject({ check: { isPassed: false }, bytes: null });
    }
  });

  it("offers no copy that it cannot check", async () => {
    copyCid = ownCid;

    const answer = await checked(ABSENT_CID, { isDevelopment: false });
    expect(answer).toMatchObject({ check: { isPassed: false }, bytes: null });
  });

  it("takes a seal for no proof of what is sealed: anybody can make one for any commitment", async () => {
    const envelope = createHpkeEnvelope();
    const stranger = await envelope.generateKeyPair();
    const { chainId, market, owner } = request;
    const forged = await sealModel(
      { chainId, market, owner, commitment: request.model.commitment },
      { envelope, bytes: new TextEncoder().encode("no model"), readers: [stranger.publicKey] },
    );
    copyCid = await store.put(forged);

    const named = await checked(copyCid, { visibility: "private" });
    expect(named.check).toMatchObject({
      isPassed: null,
      detail: expect.stringContaining("sealed to 1 readers"),
    });
    expect(named.bytes).toEqual(forged);
    const copied = await checked(ABSENT_CID, { visibility: "private" });
    expect(copied).toMatchObject({ check: { isPassed: false }, bytes: null });
  });
});
