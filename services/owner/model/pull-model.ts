import type { Chain } from "../../adapters/chain/connect.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import { type PublishedModel, readModels } from "../../adapters/chain/rounds/published-models.ts";
import { openCurve } from "../../adapters/curve/open-curve.ts";
import { getManifest } from "../../adapters/dag-json/manifest-store.ts";
import { modelCopyKeepers } from "../../command-line/model-copies.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import type { Curve } from "../../protocol/curve.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { loadModel } from "../../protocol/model/load-model.ts";
import type { CommittedModel } from "../../protocol/model/model-file.ts";
import type { ModelKeyring } from "../../protocol/model/private-model.ts";
import { chooseModel, type ModelChoice } from "./choose-model.ts";

/** A model that opens the commitment on chain, and what it belongs to; its CID is the one that it was found under. */
export interface PulledModel {
  readonly committed: CommittedModel;
  readonly manifest: Manifest;
  readonly published: PublishedModel;
}

/**
 * Fetches a project's model and opens it against the commitment on chain.
 *
 * @param options.curve Used and left open; without, one is opened for this call.
 * @throws CW4011 for a version that does not exist; CW1800-CW1804 for a file that is another model; CW1820-CW1823 for a private
 * one that the keyring does not open; CW24xx as IPFS.
 */
export async function pullModel(options: {
  chain: Chain;
  projectId: bigint;
  contentStore: Pick<ContentStore, "get">;
  /** Opens a private project's models; none for a public one. */
  keyring?: ModelKeyring | undefined;
  choice?: ModelChoice | undefined;
  curve?: Curve | undefined;
  cacheDir: string;
  srsPath?: string | undefined;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}): Promise<PulledModel> {
  const { chain, projectId, contentStore, choice = {}, signal, onProgress } = options;
  const [{ owner, terms, manifestCid }, models] = await Promise.all([
    readPosting(chain, projectId),
    readModels(chain, projectId),
  ]);
  const published = chooseModel(models, choice);
  const { parameterCount, fractionBits, aggregators } = terms;
  const { market } = chain.addresses;
  onProgress?.(`fetching model ${published.version}`);
  const manifest = await getManifest(contentStore, manifestCid, signal ? { signal } : {});
  const { cacheDir, srsPath, keyring } = options;
  const own = options.curve ? undefined : await openCurve({ parameterCount, cacheDir, srsPath });
  const curve = options.curve ?? (own as NonNullable<typeof own>);
  try {
    const { committed, cid } = await loadModel(
      curve,
      contentStore,
      {
        ...{ ...published, chainId: chain.chainId, market },
        ...{ owner, projectId, fractionBits, parameterCount },
      },
      {
        ...{ signal, keyring },
        copyKeepers: modelCopyKeepers(chain, { projectId, aggregators }),
        onFetched: () => onProgress?.("opening its commitment"),
      },
    );
    return { committed, manifest, published: { ...published, cid } };
  } finally {
    await own?.[Symbol.asyncDispose]();
  }
}
