import type { Chain } from "../../services/adapters/chain/connect.ts";
import type { PublishedModel } from "../../services/adapters/chain/history.ts";
import { checkSealedModel } from "../../services/auditor/check-sealed-model.ts";
import type { AuditCheck } from "../../services/protocol/audit-round.ts";
import { type ContentStore, contentStoreErrors } from "../../services/protocol/content-store.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { loadModel, maxModelFileBytes } from "../../services/protocol/load-model.ts";

/** Content that nobody serves is not content that is wrong. */
const awayCodes = new Set<string>([
  contentStoreErrors.notFound.code,
  contentStoreErrors.timedOut.code,
  contentStoreErrors.unreachable.code,
]);

/** Downloads a sealed model and checks its seal; the model itself is for its readers. */
export async function checkSeal(
  content: Pick<ContentStore, "get">,
  { chainId, addresses }: Pick<Chain, "chainId" | "addresses">,
  model: PublishedModel,
  parameterCount: number,
): Promise<AuditCheck> {
  try {
    const bytes = await content.get(model.cid, { maxBytes: maxModelFileBytes(parameterCount) });
    return checkSealedModel(bytes, { ...model, chainId, market: addresses.market });
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    const isPassed = awayCodes.has(error.code) ? null : false;
    const detail = `${error.code}: ${error.message}`;
    return { name: `model seal ${model.version}`, isPassed, detail };
  }
}

/** Downloads a model and opens the chain's commitment to it. */
export async function checkModel(
  curve: Parameters<typeof loadModel>[0],
  content: Pick<ContentStore, "get">,
  wanted: Parameters<typeof loadModel>[2] & { readonly version: number },
): Promise<AuditCheck> {
  const name = `model file ${wanted.version}`;
  try {
    await loadModel(curve, content, wanted);
    const detail = `${wanted.cid}: every block has its hash, and the integers open the commitment`;
    return { name, isPassed: true, detail };
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    const isPassed = awayCodes.has(error.code) ? null : false;
    return { name, isPassed, detail: `${error.code}: ${error.message}` };
  }
}
