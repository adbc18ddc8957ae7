import type { Chain } from "../../adapters/chain/connect.ts";
import { readParticipant } from "../../adapters/chain/projects/participant.ts";
import { topUpWrapped } from "../../adapters/chain/tokens/token-balance.ts";
import { createGatewayStore } from "../../adapters/content-store/gateway-store.ts";
import { openCurve } from "../../adapters/curve/open-curve.ts";
import { createHpkeEnvelope } from "../../adapters/envelope/hpke-envelope.ts";
import { openIpfsNode } from "../../adapters/ipfs/ipfs-node.ts";
import { findAggregatorNodes } from "../../command-line/find-aggregator-nodes.ts";
import { holdContent } from "../../housekeeping/hold-content.ts";
import { OWNER_HOLDER } from "../../housekeeping/project-holder.ts";
import { countParameters } from "../../learning/model-spec.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { maxModelFileBytes } from "../../protocol/model/load-model.ts";
import type { EncryptionKeyPair } from "../../protocol/sealing/envelope.ts";
import { ownerErrors } from "../errors.ts";
import { type PreparedProject, postPreparedProject, prepareProject } from "./post-project.ts";
import { registerEncryptionKey } from "./register-encryption-key.ts";
import { type SealTo, sealToReaders } from "./seal-to-readers.ts";
import type { PostableTerms } from "./terms-file.ts";

/** A posted project. */
export interface PublishedProject {
  readonly projectId: bigint;
  readonly transactionHash: string;
  readonly gasUsed: bigint;
  readonly escrowWei: bigint;
  readonly manifestCid: string;
  readonly modelCid: string;
}

/** A posting that is signed: enough to find the project that it makes. */
export interface SendingPost {
  readonly transactionHash: string;
  readonly manifestCid: string;
  /** The newest block before. */
  readonly fromBlock: number;
  /** The transaction's place among the account's: one that pays more takes the same. */
  readonly nonce?: number;
}

/**
 * Puts a project's files on IPFS, asks, posts, and stays until an aggregator has the files: this node may go away afterwards.
 *
 * @param options.confirm Called with what will be posted, before anything is sent; rejects to stop.
 * @throws CW4014 when the project is posted but no aggregator fetched its files in time.
 */
export async function publishProject(options: {
  chain: Chain;
  manifest: Manifest;
  terms: PostableTerms;
  ipfsFolder: string;
  /** The owner's encryption keys, registered when the project is private. */
  encryptionKeys: () => Promise<EncryptionKeyPair>;
  cacheDir: string;
  srsPath?: string | undefined;
  waitMs: number;
  signal: AbortSignal;
  onProgress: (text: string) => void;
  confirm: (prepared: PreparedProject) => Promise<void>;
  /** Called with the signed posting before any node has it: what is written then is there after a crash. Throws to stop. */
  onSending?: (sending: SendingPost) => void;
  /** Called as soon as the project is on chain, whatever happens afterwards. */
  onPosted?: (posted: { projectId: bigint; transactionHash: string }) => Promise<void>;
}): Promise<PublishedProject> {
  const { chain, manifest, terms, signal, onProgress } = options;
  const participants = await Promise.all(
    terms.aggregators.map((account) => readParticipant(chain, account)),
  );
  const endpoints = participants.map(({ endpoint }) => endpoint).filter((url) => url !== "");
  const ipfs = await openIpfsNode({
    folder: options.ipfsFolder,
    dial: await findAggregatorNodes(endpoints, { signal }),
    signal,
  });
  try {
    onProgress("making the first model and its commitment");
    const sealTo =
      terms.modelVisibility === "public"
        ? undefined
        : await sealToReaders(chain, {
            ...{ terms, envelope: createHpkeEnvelope() },
            ownKey: (await options.encryptionKeys()).publicKey,
          });
    const contentStore = holdContent(ipfs, OWNER_HOLDER);
    const prepared = await prepareWithCurve({ ...options, ipfs: contentStore, sealTo });
    await options.confirm(prepared);
    onProgress("sending");
    if (sealTo) await registerEncryptionKey(chain, await options.encryptionKeys());
    await topUpWrapped(chain, prepared.terms.rewardToken, prepared.escrowWei);
    const fromBlock = await chain.provider.getBlockNumber();
    const { projectId, receipt } = await postPreparedProject(chain, prepared, {
      onSent: (transactionHash, nonce) =>
        options.onSending?.({
          ...{ transactionHash, manifestCid: prepared.manifestCid, fromBlock },
          ...(nonce !== undefined && { nonce }),
        }),
    });
    await options.onPosted?.({ projectId, transactionHash: receipt.hash });
    onProgress(`project ${projectId} is posted; waiting for an aggregator to fetch its files`);
    const { manifestCid, modelCid, escrowWei } = prepared;
    const isFetched = await waitForCopies(endpoints, [manifestCid, modelCid], {
      ...options,
      maxBytes: maxModelFileBytes(countParameters(manifest.model)),
    });
    if (!isFetched) {
      throw new CommonweightError(ownerErrors.notFetched, `project ${projectId}`, {
        details: { projectId: projectId.toString(), transactionHash: receipt.hash },
      });
    }
    const { hash: transactionHash, gasUsed } = receipt;
    return { projectId, transactionHash, gasUsed, escrowWei, manifestCid, modelCid };
  } finally {
    await ipfs.stop();
  }
}

async function prepareWithCurve(
  options: Parameters<typeof publishProject>[0] & {
    ipfs: Parameters<typeof prepareProject>[0]["contentStore"];
    sealTo: SealTo | undefined;
  },
): Promise<PreparedProject> {
  const { chain, manifest, terms, ipfs, sealTo, signal, cacheDir, srsPath } = options;
  const parameterCount = countParameters(manifest.model);
  const curve = await openCurve({ parameterCount, cacheDir, srsPath });
  try {
    return await prepareProject({
      chain,
      curve,
      contentStore: ipfs,
      manifest,
      terms,
      sealTo,
      signal,
    });
  } finally {
    await curve[Symbol.asyncDispose]();
  }
}

/** Asks the aggregators' gateways, verifying what they return, until one has everything. */
async function waitForCopies(
  urls: readonly string[],
  cids: readonly string[],
  options: { waitMs: number; maxBytes: number; signal: AbortSignal },
): Promise<boolean> {
  const { waitMs, maxBytes, signal } = options;
  const store = createGatewayStore({ urls });
  const endsAt = performance.now() + waitMs;
  while (urls.length > 0) {
    const copies = await Promise.all(
      cids.map((cid) =>
        store.get(cid, { maxBytes, signal, retries: urls.length - 1, timeoutMs: 5000 }).then(
          () => true,
          () => false,
        ),
      ),
    );
    signal.throwIfAborted();
    if (copies.every(Boolean)) return true;
    if (performance.now() >= endsAt) return false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return false;
}
