import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { aggregatorErrors } from "../../../services/aggregator/errors.ts";
import { createMetrics } from "../../../services/aggregator/metrics.ts";
import {
  type HttpServer,
  type HttpServerParameters,
  startHttpServer,
} from "../../../services/aggregator/server/http-server.ts";
import { CommonweightError } from "../../../services/protocol/errors.ts";
import { commitModel } from "../../../services/protocol/gram/commitment.ts";
import { encodeModelFile } from "../../../services/protocol/model/model-file.ts";
import { answerModel } from "../../../web/project/answer-model.ts";
import type { ModelRequest } from "../../../web/project/model-messages.ts";

const ABSENT = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
const about = {
  chainId: 31337n,
  market: "0x00000000000000000000000000000000000000aa",
  projectId: 7n,
  fractionBits: 14,
};
const parameterCount = 33;

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
    await using curve = await openCurve({ parameterCount });
    const publish = async (first: number) => {
      const model = Int32Array.from({ length: parameterCount }, (_, index) => first + index);
      const commitment = await commitModel(curve, { model, blinding: 5n });
      const lineage = { ...about, roundIndex: 2, previousCid: ABSENT };
      const bytes = encodeModelFile({ model, blinding: 5n, commitment, lineage, ...about });
      return { cid: await store.put(bytes), commitment };
    };
    const { cid, commitment } = await publish(100);
    ownCid = cid;
    otherCid = (await publish(200)).cid;
    request = {
      ...{ ...about, parameterCount, gateway: server.url, isDevelopment: true },
      ...{ owner: about.market, visibility: "public" },
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
    expect(bytes?.length).toBeGreaterThan(4 * parameterCount);
  });

  it.each([
    ["nothing", () => ABSENT, "CW2400"],
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
    for (const told of [undefined, otherCid, ABSENT]) {
      copyCid = told;

      expect(await checked(ABSENT)).toMatchObject({ check: { isPassed: false }, bytes: null });
    }
  });

  it("offers no copy that it cannot check", async () => {
    copyCid = ownCid;

    const answer = await checked(ABSENT, { isDevelopment: false });
    expect(answer).toMatchObject({ check: { isPassed: false }, bytes: null });
  });
});
