import type { Chain } from "../adapters/chain/connect.ts";
import type { PublishedModel } from "../adapters/chain/rounds/published-models.ts";
import { openCurve } from "../adapters/curve/open-curve.ts";
import { type ContentStore, isContentAway } from "../protocol/content-store.ts";
import { CommonweightError } from "../protocol/errors.ts";
import {
  type AskForCopy,
  loadModel,
  loadModelCopy,
  maxModelFileBytes,
  type WantedModel,
} from "../protocol/model/load-model.ts";
import type { ModelKeyring } from "../protocol/model/private-model.ts";
import { sealedFileErrors } from "../protocol/sealing/sealed-file.ts";
import type { AuditCheck } from "./audit-check.ts";
import { checkSealedModel } from "./checks/check-sealed-model.ts";
import type { ChainSetup } from "./evidence/chain-setup.ts";
import type { ProjectEvidence } from "./evidence/collect-evidence.ts";

/** What an audit of models reads with, and where it tells what it finds. */
export interface ModelAuditOptions {
  readonly chain: Chain;
  readonly projectId: bigint;
  /** Only the model of this round. */
  readonly roundIndex?: number | undefined;
  /** Leave out to fetch nothing: models are then reported as not checked. */
  readonly contentStore?: Pick<ContentStore, "get"> | undefined;
  /** Opens a private project's models; without it only their seals are checked. */
  readonly keyring?: ModelKeyring | undefined;
  /** Whom to ask for models whose CID on chain is no good; nobody without. */
  readonly copyKeepers?: readonly AskForCopy[] | undefined;
  /** The ceremony's powers of tau, to open models of a setup that is no development one. */
  readonly srsPath?: string | undefined;
  readonly cacheDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
  /** Called with each check as it is done. */
  readonly onCheck?: ((check: AuditCheck) => void) | undefined;
}

/** Downloads a project's models and opens the chain's commitments with them. */
export async function auditModels(
  evidence: ProjectEvidence,
  setup: Pick<ChainSetup, "isDevelopment">,
  options: ModelAuditOptions,
): Promise<AuditCheck[]> {
  const { chain, projectId, contentStore, keyring, copyKeepers, roundIndex, signal, onProgress } =
    options;
  const { owner, fractionBits, parameterCount, modelVisibility } = evidence;
  const wanted = evidence.models.filter(
    (model) => roundIndex === undefined || (model.version > 0 && model.roundIndex === roundIndex),
  );
  const checks: AuditCheck[] = [];
  const add = (check: AuditCheck) => {
    checks.push(check);
    options.onCheck?.(check);
  };
  const skip = (detail: string) => {
    for (const { version } of wanted) add({ name: nameOf(version), isPassed: null, detail });
    return checks;
  };
  if (contentStore === undefined) return skip("not fetched");
  if (modelVisibility === "private") {
    for (const model of wanted) {
      onProgress?.(`fetching model ${model.version}`);
      add(await checkSeal(contentStore, chain, { ...model, owner, parameterCount }, signal));
    }
    if (keyring === undefined) {
      return skip("private: opening it needs the key of one of its readers");
    }
  }
  if (!setup.isDevelopment && options.srsPath === undefined) {
    return skip("needs the ceremony's powers of tau: give them to the command line with --srs");
  }
  if (wanted.length === 0) return checks;
  onProgress?.("preparing to open the models");
  const { srsPath, cacheDir } = options;
  const curve = await openCurve({
    ...{ parameterCount, srsPath },
    ...(cacheDir === undefined ? {} : { cacheDir }),
  });
  try {
    for (const model of wanted) {
      onProgress?.(`opening model ${model.version}`);
      const { market } = chain.addresses;
      const { chainId } = chain;
      const about = { fractionBits, parameterCount, chainId, market, owner, projectId };
      const how = { signal, keyring, copyKeepers };
      add(await checkModel(curve, contentStore, { ...model, ...about }, how));
    }
  } finally {
    await curve[Symbol.asyncDispose]();
  }
  return checks;
}

const nameOf = (version: number) => `model file ${version}`;

/**
 * Downloads a model and opens the chain's commitment with it. A copy under another CID shows that the model is to be had; it does not
 * excuse who named something else on chain.
 */
export async function checkModel(
  curve: Parameters<typeof loadModel>[0],
  store: Pick<ContentStore, "get">,
  wanted: WantedModel & { readonly version: number },
  options: Pick<ModelAuditOptions, "signal" | "keyring" | "copyKeepers"> = {},
): Promise<AuditCheck> {
  const name = nameOf(wanted.version);
  const { copyKeepers, ...here } = options;
  try {
    await loadModel(curve, store, wanted, here);
    return { name, isPassed: true, detail: `${wanted.cid} opens its commitment` };
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    const failed = unread(name, error);
    const copy = await loadModelCopy(curve, store, wanted, options);
    if (copy === undefined) return failed;
    // Not under which CID: a private model is another file with each aggregator, and auditors' reports are compared.
    const detail = `${failed.detail}; an aggregator keeps a copy, which opens its commitment`;
    return { name, isPassed: failed.isPassed ?? true, detail };
  }
}

/** Downloads a sealed model and checks its seal; what is inside is for its readers. */
export async function checkSeal(
  store: Pick<ContentStore, "get">,
  { chainId, addresses }: { chainId: bigint; addresses: Pick<Chain["addresses"], "market"> },
  model: PublishedModel & { readonly owner: string; readonly parameterCount: number },
  signal?: AbortSignal,
): Promise<AuditCheck> {
  try {
    const maxBytes = maxModelFileBytes(model.parameterCount);
    const bytes = await store.get(model.cid, { maxBytes, signal });
    return checkSealedModel(bytes, { ...model, chainId, market: addresses.market });
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    return unread(`model seal ${model.version}`, error);
  }
}

/** Content that nobody serves, and a file for other readers, are not content that is wrong; content of another hash is. */
function unread(name: string, error: CommonweightError): AuditCheck {
  const isUnseen = isContentAway(error) || error.code === sealedFileErrors.notAddressed.code;
  // What two auditors are told by their own gateways differs; that nobody had it in time does not.
  const isAway = isContentAway(error);
  const detail = isAway
    ? `${error.code}: nobody served it in time`
    : `${error.code}: ${error.message}`;
  return { name, isPassed: isUnseen ? null : false, detail };
}
