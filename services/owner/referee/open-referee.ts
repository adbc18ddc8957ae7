import { join } from "node:path";
import { type Chain, connectChain } from "../../adapters/chain/connect.ts";
import { isChainUnreachable } from "../../adapters/chain/errors.ts";
import { readParticipant } from "../../adapters/chain/projects/participant.ts";
import { readProject } from "../../adapters/chain/projects/project.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import type { ProjectTerms } from "../../adapters/chain/projects/project-terms.ts";
import { ModelLog } from "../../adapters/chain/rounds/model-log.ts";
import { openCurve, startCurveEngine } from "../../adapters/curve/open-curve.ts";
import { getManifest } from "../../adapters/dag-json/manifest-store.ts";
import { createHpkeEnvelope } from "../../adapters/envelope/hpke-envelope.ts";
import { loadEncryptionKeys } from "../../adapters/envelope/key-file.ts";
import { type IpfsNode, openIpfsNode } from "../../adapters/ipfs/ipfs-node.ts";
import { makeFolder } from "../../adapters/make-folder.ts";
import { awaitProjects } from "../../command-line/await-projects.ts";
import { claimStateFolder } from "../../command-line/claim-state-folder.ts";
import { createModelKeyring } from "../../command-line/model-keyring.ts";
import { stayConnected } from "../../command-line/stay-connected.ts";
import { projectHolder } from "../../housekeeping/project-holder.ts";
import {
  assessReferenceSets,
  requireSoundReferences,
} from "../../learning/data/assess-reference-sets.ts";
import { projectDataset } from "../../learning/data/project-dataset.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { isContentAway } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { fromHex } from "../../protocol/hex.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { maxModelFileBytes } from "../../protocol/model/load-model.ts";
import type { ModelKeyring } from "../../protocol/model/private-model.ts";
import { pause } from "../../protocol/pause.ts";
import type { Envelope } from "../../protocol/sealing/envelope.ts";
import { ownerErrors } from "../errors.ts";
import type { OwnerSets } from "../find-project.ts";
import { registerEncryptionKey } from "../posting/register-encryption-key.ts";
import type { RefereeEvent, RefereeSettings } from "./referee-settings.ts";
import { openReferenceStore, type ReferenceStore } from "./reference-store.ts";

/** Everything a referee works with, open. */
export interface OpenedReferee {
  readonly chain: Chain;
  readonly account: string;
  readonly owner: string;
  readonly terms: ProjectTerms;
  readonly manifest: Manifest;
  readonly sets: OwnerSets;
  readonly ipfs: IpfsNode;
  /** The name under which the project's content is pinned. */
  readonly holder: string;
  readonly store: ReferenceStore;
  readonly modelLog: ModelLog;
  readonly curve: Awaited<ReturnType<typeof openCurve>>;
  readonly envelope: Envelope;
  readonly keyring: ModelKeyring | undefined;
  /** Of the project's aggregators, primary first. */
  readonly encryptionKeys: readonly Uint8Array[];
  /** Where the project's aggregators serve. */
  readonly endpoints: readonly string[];
  close(): Promise<void>;
}

/** How long a referee waits before it looks again for a chain or for content that is away. */
const RETRY_MS = 2000;

const isAway = (error: unknown) => isChainUnreachable(error) || isContentAway(error);

/** The owner's sets as the model takes them, after a look at whether they can serve. @throws CW3401 */
async function openProjectSets(
  { openSets }: Pick<RefereeSettings, "openSets">,
  { data }: Manifest,
  onEvent: (event: RefereeEvent) => void,
): Promise<OwnerSets> {
  const { rootSet, paySet, validationSet } = await openSets(data);
  const sets = {
    rootSet: projectDataset(rootSet, data),
    paySet: projectDataset(paySet, data),
    validationSet: validationSet && projectDataset(validationSet, data),
  };
  const { findings } = await assessReferenceSets({ ...sets, classNames: data.classes });
  for (const finding of findings) onEvent({ type: "reference", ...finding });
  requireSoundReferences(findings);
  return sets;
}

/**
 * Opens a referee: also after a restart, when the chain or everybody who serves the manifest may still be away.
 *
 * @throws CW4001 for another account than the project's referee, CW6550 for a state folder of another market, CW3401 for sets that
 *   cannot serve; whatever else is not a matter of waiting.
 */
export async function openReferee(
  settings: RefereeSettings,
  onEvent: (event: RefereeEvent) => void,
): Promise<OpenedReferee> {
  const { signal, projectId } = settings;
  for (;;) {
    try {
      return await openOnce(settings, onEvent);
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error;
      onEvent({ type: "waiting", projectId, message: (error as Error).message });
      await pause(settings.pollMs ?? RETRY_MS, signal);
      signal.throwIfAborted();
    }
  }
}

async function openOnce(
  settings: RefereeSettings,
  onEvent: (event: RefereeEvent) => void,
): Promise<OpenedReferee> {
  const { signal, stateFolder, projectId } = settings;
  // Closed in the opposite order, also when a later step fails: an open node would keep the process alive.
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };
  makeFolder(stateFolder);
  const calling = new AbortController();
  try {
    const chain = await connectChain({
      rpcUrl: settings.rpcUrl,
      compareUrls: settings.compareUrls ?? [],
      addresses: settings.addresses,
      privateKey: settings.privateKey,
      ...(settings.chainId === undefined ? {} : { chainId: settings.chainId }),
    });
    closing.push(() => chain.close());
    const account = chain.account as string;
    const ipfs = await openIpfsNode({ folder: join(stateFolder, "ipfs") });
    closing.push(() => ipfs.stop());
    const engine = await startCurveEngine({ threads: settings.threads });
    closing.push(() => engine[Symbol.asyncDispose]());
    const store = openReferenceStore(join(stateFolder, "referee.sqlite"));
    closing.push(() => store.close());
    const { onAwaiting } = settings;
    if (onAwaiting) await awaitProjects(chain, [projectId], { signal, onWaiting: onAwaiting });
    const project = await readProject(chain, projectId);
    const { owner, terms, aggregatorIndex } = project;
    const modelLog = new ModelLog(chain, projectId);
    if (!isSameAddress(terms.referee, account)) {
      throw new CommonweightError(ownerErrors.notReferee, `${account} is not ${terms.referee}`);
    }
    // After that, so that a wrong key does not claim the folder.
    await claimStateFolder(join(stateFolder, "referee-account.json"), chain);
    const opening = openCurve({
      parameterCount: terms.parameterCount,
      cacheDir: settings.cacheFolder,
      srsPath: settings.srsPath,
      engine,
    });
    // Said when the curve is needed.
    opening.catch(() => undefined);
    const [{ manifestCid }, models, ...participants] = await Promise.all([
      readPosting(chain, projectId),
      modelLog.read(project),
      ...terms.aggregators.map((each) => readParticipant(chain, each)),
    ]);
    await stayConnected(chain, ipfs, {
      accounts: () => terms.aggregators,
      first: terms.aggregators.slice(aggregatorIndex, aggregatorIndex + 1),
      signal: calling.signal,
    });
    closing.push(() => calling.abort());
    // Comes beside the manifest and the samples: the first reference waits for it. Whoever needs it asks again, and says what fails.
    const maxBytes = maxModelFileBytes(terms.parameterCount);
    const newest = models.at(-1);
    if (newest !== undefined) ipfs.get(newest.cid, { maxBytes, signal }).catch(() => undefined);
    const manifest = await getManifest(ipfs, manifestCid, { signal });
    const sets = await openProjectSets(settings, manifest, onEvent);
    const curve = await opening;
    const envelope = createHpkeEnvelope();
    const keyring = await openKeyring(chain, terms, { envelope, settings });
    const encryptionKeys = participants.map(({ encryptionKey }) => fromHex(encryptionKey));
    return {
      ...{ chain, account, owner, terms, manifest, sets },
      ...{ ipfs, store, modelLog, curve, envelope, keyring },
      holder: projectHolder(chain, "referee", projectId),
      encryptionKeys,
      endpoints: participants.map(({ endpoint }) => endpoint).filter((url) => url !== ""),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A private project's referee reads the models with a key of its own, as a trainer does. */
async function openKeyring(
  chain: Chain,
  { modelVisibility, aggregators }: ProjectTerms,
  { envelope, settings }: { envelope: Envelope; settings: RefereeSettings },
): Promise<ModelKeyring | undefined> {
  if (modelVisibility === "public") return undefined;
  const { stateFolder, projectId, signal } = settings;
  const { account } = chain;
  const keys = await loadEncryptionKeys(join(stateFolder, "encryption-key.json"), envelope);
  await registerEncryptionKey(chain, keys);
  return createModelKeyring(chain, { projectId, aggregators, account, envelope, keys, signal });
}
