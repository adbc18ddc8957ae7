import type { Chain } from "../adapters/chain/connect.ts";
import { type PublishedModel, readModels, readPosting } from "../adapters/chain/history.ts";
import { openCurve } from "../adapters/curve/open-curve.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { commitModel } from "../protocol/commitment.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { maxModelFileBytes } from "../protocol/load-model.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { type CommittedModel, verifyModel } from "../protocol/model-file.ts";
import { type ModelKeyring, openModelFile } from "../protocol/private-model.ts";
import { ownerErrors } from "./errors.ts";

/** A model that opens the commitment on chain, and what it belongs to. */
export interface PulledModel {
  readonly committed: CommittedModel;
  readonly manifest: Manifest;
  readonly published: PublishedModel;
}

/**
 * Fetches a project's model and opens it against the commitment on chain.
 *
 * @param options.version 0 is the initial model; the newest when left out.
 * @throws CW4011 for a version that does not exist; CW1800-CW1804 for a file that is another model; CW1820-CW1823 for a private
 * one that the keyring does not open; CW24xx as IPFS.
 */
export async function pullModel(options: {
  chain: Chain;
  projectId: bigint;
  contentStore: Pick<ContentStore, "get">;
  /** Opens a private project's models; none for a public one. */
  keyring?: ModelKeyring | undefined;
  version?: number | undefined;
  cacheDir: string;
  srsPath?: string | undefined;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}): Promise<PulledModel> {
  const { chain, projectId, contentStore, version, cacheDir, srsPath, signal, onProgress } =
    options;
  const [{ terms, manifestCid }, models] = await Promise.all([
    readPosting(chain, projectId),
    readModels(chain, projectId),
  ]);
  const published =
    version === undefined ? models.at(-1) : models.find((each) => each.version === version);
  if (published === undefined) {
    const newest = models.at(-1)?.version ?? 0;
    throw new CommonweightError(ownerErrors.modelUnknown, `${version}; the newest is ${newest}`);
  }
  const { parameterCount, fractionBits } = terms;
  const { market } = chain.addresses;
  onProgress?.(`fetching model ${published.version}`);
  const manifest = await getManifest(contentStore, manifestCid, signal ? { signal } : {});
  const bytes = await contentStore.get(published.cid, {
    maxBytes: maxModelFileBytes(parameterCount),
    ...(signal ? { signal } : {}),
  });
  onProgress?.("opening its commitment");
  const curve = await openCurve({ parameterCount, cacheDir, srsPath });
  try {
    const { commitment } = published;
    const committed = await verifyModel({
      bytes: await openModelFile(
        bytes,
        { ...published, chainId: chain.chainId, market },
        options.keyring,
      ),
      expected: {
        commitment,
        fractionBits,
        parameterCount,
        chainId: chain.chainId,
        market,
        projectId,
      },
      commit: (opened) => commitModel(curve, { ...opened, signal }),
    });
    return { committed, manifest, published };
  } finally {
    await curve[Symbol.asyncDispose]();
  }
}
