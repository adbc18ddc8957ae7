import { fetchModelCopy } from "../../services/adapters/aggregator-client.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import type { AuditCheck } from "../../services/auditor/audit-check.ts";
import { checkModel, checkSeal } from "../../services/auditor/audit-models.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { maxModelFileBytes } from "../../services/protocol/model/load-model.ts";
import type { ModelAnswer, ModelRequest } from "./model-messages.ts";

async function check(request: ModelRequest, bytes: Uint8Array): Promise<AuditCheck> {
  const { model, chainId, market, owner, parameterCount } = request;
  const content = { get: async () => bytes };
  if (request.visibility === "private") {
    const about = { ...model, owner, parameterCount };
    const seal = await checkSeal(content, { chainId, addresses: { market } }, about);
    // Anybody can seal anything for any commitment: what is inside only a reader sees.
    return { ...seal, isPassed: seal.isPassed && null };
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

async function answerFor(request: ModelRequest, cid: string): Promise<ModelAnswer> {
  const model = { ...request.model, cid };
  try {
    const store = createGatewayStore({ urls: [request.gateway] });
    const bytes = await store.get(cid, { maxBytes: maxModelFileBytes(request.parameterCount) });
    return { check: await check({ ...request, model }, bytes), bytes };
  } catch (error) {
    const known =
      error instanceof CommonweightError ? `${error.code}: ${error.message}` : `${error}`;
    const name = `model file ${model.version}`;
    return { check: { name, isPassed: false, detail: known }, bytes: null };
  }
}

/** The file that the chain names, or else a copy of the model that the page's aggregator keeps under another name. */
export async function answerModel(request: ModelRequest): Promise<ModelAnswer> {
  const { gateway, projectId, model } = request;
  const named = await answerFor(request, model.cid);
  if (named.check.isPassed !== false) return named;
  const cid = await fetchModelCopy(gateway, { projectId, version: model.version });
  const copy = cid === undefined ? undefined : await answerFor(request, cid);
  // That every block has its hash, or is sealed, says nothing of a file that only the aggregator has named.
  if (copy?.check.isPassed !== true) return named;
  const detail = `${named.check.detail}. A copy: ${copy.check.detail}`;
  return { ...copy, check: { ...copy.check, detail } };
}
