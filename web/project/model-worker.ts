import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import type { AuditCheck } from "../../services/auditor/audit-check.ts";
import { checkModel, checkSeal } from "../../services/auditor/audit-models.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { maxModelFileBytes } from "../../services/protocol/model/load-model.ts";
import type { ModelAnswer, ModelRequest } from "./model-messages.ts";

async function check(request: ModelRequest, bytes: Uint8Array): Promise<AuditCheck> {
  const { model, chainId, market, parameterCount } = request;
  const content = { get: async () => bytes };
  if (request.visibility === "private") {
    return checkSeal(content, { chainId, addresses: { market } }, { ...model, parameterCount });
  }
  if (!request.isDevelopment) {
    const detail = `${model.cid}: every block has its hash; opening the commitment takes the ceremony's powers of tau, which the command line can load`;
    return { name: `model file ${model.version}`, isPassed: null, detail };
  }
  const curve = await openCurve({ parameterCount });
  try {
    return await checkModel(curve, content, { ...request, ...model });
  } finally {
    await curve[Symbol.asyncDispose]();
  }
}

async function answer(request: ModelRequest): Promise<ModelAnswer> {
  const { model, parameterCount } = request;
  try {
    const store = createGatewayStore({ urls: [request.gateway] });
    const bytes = await store.get(model.cid, { maxBytes: maxModelFileBytes(parameterCount) });
    return { check: await check(request, bytes), bytes };
  } catch (error) {
    const known =
      error instanceof CommonweightError ? `${error.code}: ${error.message}` : `${error}`;
    const name = `model file ${model.version}`;
    return { check: { name, isPassed: false, detail: known }, bytes: null };
  }
}

addEventListener("message", async ({ data }: MessageEvent<ModelRequest>) => {
  postMessage(await answer(data));
});
