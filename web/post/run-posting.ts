import { postProjectFile } from "../../services/adapters/aggregator-client.ts";
import { type Chain, findReceipt, signingWith } from "../../services/adapters/chain/connect.ts";
import type { MarketCall } from "../../services/adapters/chain/market-calls.ts";
import { readEncryptionKey } from "../../services/adapters/chain/projects/model-readers.ts";
import {
  readParticipant,
  registerParticipant,
} from "../../services/adapters/chain/projects/participant.ts";
import {
  postedProjectId,
  postProject,
} from "../../services/adapters/chain/projects/post-project.ts";
import { allowDeposit } from "../../services/adapters/chain/tokens/allow-deposit.ts";
import type { OnDepositStep } from "../../services/adapters/chain/tokens/deposit-step.ts";
import { topUpWrapped } from "../../services/adapters/chain/tokens/token-balance.ts";
import { createMemoryStore } from "../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { countParameters } from "../../services/learning/model-spec.ts";
import { type PreparedProject, prepareProject } from "../../services/owner/posting/post-project.ts";
import { quotePosting } from "../../services/owner/posting/quote-posting.ts";
import { sealToReaders } from "../../services/owner/posting/seal-to-readers.ts";
import type { PostableTerms } from "../../services/owner/posting/terms-file.ts";
import type { ContentStore } from "../../services/protocol/content-store.ts";
import { CommonweightError, errorText } from "../../services/protocol/errors.ts";
import { toHex } from "../../services/protocol/hex.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import { maxModelFileBytes } from "../../services/protocol/model/load-model.ts";
import type { EncryptionKeyPair } from "../../services/protocol/sealing/envelope.ts";
import { webErrors } from "../errors.ts";
import type { WalletProvider } from "../wallet/injected-wallets.ts";
import { toWalletError } from "../wallet/wallet-errors.ts";
import { requireNetwork, WalletSigner } from "../wallet/wallet-signer.ts";
import type { PostingEvent, StepName, StepState } from "./posting-steps.ts";

/** A project's two files, made in the page, with the CIDs that go on chain. */
export interface MadeFiles {
  readonly prepared: PreparedProject;
  readonly contentStore: ContentStore;
}

/** What handing files over takes: made just now, or kept. */
export interface HandedFiles {
  readonly prepared: Pick<PreparedProject, "manifestCid" | "modelCid"> & {
    readonly terms: Pick<PreparedProject["terms"], "parameterCount" | "aggregators">;
  };
  readonly contentStore: Pick<ContentStore, "get">;
}

/** A chain that signs with a wallet and reads as the page does, from all nodes of its settings. @throws CW7011 on another network */
export async function connectWallet(
  chain: Chain,
  wallet: WalletProvider,
  address: string,
): Promise<Chain> {
  const { provider, chainId } = chain;
  await requireNetwork(wallet, chainId);
  return signingWith(chain, new WalletSigner({ wallet, address, chainId, provider }));
}

/** Makes the first model, its commitment and both CIDs. @throws CW4023 and what `prepareProject` throws */
export async function makeFiles(options: {
  chain: Chain;
  manifest: Manifest;
  terms: PostableTerms;
  srsBytes?: Uint8Array | undefined;
  /** The owner's, when the project is private and the account has not registered any. */
  encryptionKeys?: EncryptionKeyPair | undefined;
}): Promise<MadeFiles> {
  const { manifest, srsBytes } = options;
  const parameterCount = countParameters(manifest.model);
  const curve = await openCurve({ parameterCount, srsBytes });
  try {
    const contentStore = createMemoryStore();
    const sealTo = await readersToSealTo(options);
    const prepared = await prepareProject({ ...options, curve, contentStore, sealTo });
    return { prepared, contentStore };
  } finally {
    await curve[Symbol.asyncDispose]();
  }
}

/** Readers of a private project's first model; trainers are granted its key when they have joined. @throws CW7018 */
async function readersToSealTo({
  chain,
  terms,
  encryptionKeys,
}: Parameters<typeof makeFiles>[0]): Promise<Parameters<typeof prepareProject>[0]["sealTo"]> {
  if (terms.modelVisibility === "public") return undefined;
  const owner = chain.account as string;
  const own = (await readEncryptionKey(chain, owner)) ?? encryptionKeys?.publicKey;
  if (own === undefined) throw new CommonweightError(webErrors.keyNotMade, owner);
  const { createHpkeEnvelope } = await import("../../services/adapters/envelope/hpke-envelope.ts");
  return sealToReaders(chain, { terms, ownKey: own, envelope: createHpkeEnvelope() });
}

/** Registers the key under which the owner of a private project reads its models, once. */
async function registerOwner(
  chain: Chain,
  options: Pick<Parameters<typeof makeFiles>[0], "terms" | "encryptionKeys">,
  tell: Tell,
): Promise<void> {
  const { terms, encryptionKeys } = options;
  const owner = chain.account as string;
  const isNeeded =
    terms.modelVisibility === "private" && (await readEncryptionKey(chain, owner)) === undefined;
  if (!isNeeded || encryptionKeys === undefined) {
    tell({ type: "step", name: "register", step: { state: "not-needed" } });
    return;
  }
  await step("register", tell, "in-wallet", async () => {
    const receipt = await registerParticipant(chain, {
      encryptionKey: toHex(encryptionKeys.publicKey),
      ...{ payoutAddress: owner, endpoint: "" },
    });
    return { value: undefined, step: { state: "done", receipt } };
  });
}

/** How a step says what it is doing. */
type Tell = (event: PostingEvent) => void;

async function step<T>(
  name: StepName,
  tell: Tell,
  first: StepState["state"] & ("working" | "in-wallet"),
  work: () => Promise<{ value: T; step: StepState }>,
): Promise<T> {
  const say = (state: StepState) => tell({ type: "step", name, step: state });
  say({ state: first });
  try {
    const done = await work();
    say(done.step);
    return done.value;
  } catch (cause) {
    const error = toWalletError(cause, name);
    say({ state: "failed", error });
    throw error;
  }
}

/**
 * Posts a project with a wallet: wraps what is lacking, signs a permit (or approves, for tokens without permits), posts, and hands the
 * files to the aggregators. Each step is done when its receipt is here, never before.
 *
 * @param options.onSent Called with the hash of the posting before its receipt: whoever keeps it can ask for the receipt later.
 * @throws what the failed step threw; `tell` has said it already.
 */
export async function runPosting(options: {
  chain: Chain;
  manifest: Manifest;
  terms: PostableTerms;
  srsBytes?: Uint8Array | undefined;
  tell: Tell;
  encryptionKeys?: EncryptionKeyPair | undefined;
  /** Called before anything is sent. */
  onFiles: (files: MadeFiles) => void | Promise<void>;
  onSent: (hash: string) => void;
}): Promise<bigint> {
  const { chain, tell, onSent } = options;
  const sent = (name: StepName) => (hash: string) =>
    tell({ type: "step", name, step: { state: "sent", hash } });
  const files = await step("prepare", tell, "working", async () => {
    const made = await makeFiles(options);
    await quotePosting(chain, made.prepared);
    return { value: made, step: { state: "done" } };
  });
  await options.onFiles(files);
  await registerOwner(chain, options, tell);
  const { prepared } = files;
  const first = await provideEscrow(chain, prepared, tell);
  const { projectId } = await step("post", tell, "in-wallet", async () => {
    const onPosted = (hash: string) => {
      onSent(hash);
      sent("post")(hash);
    };
    const posted = await postProject(chain, { ...prepared, onSent: onPosted }, first);
    return { value: posted, step: { state: "done", receipt: posted.receipt } };
  });
  tell({ type: "posted", projectId });
  await handOver({ chain, projectId, files, tell });
  return projectId;
}

/** An hour: long enough for a slow wallet, short enough that a lost signature is soon worth nothing. */
const PERMIT_SECONDS = 3600;

/** Provides for the escrow as every program does, and says in the page's steps how far it is. */
async function provideEscrow(
  chain: Chain,
  { terms: { rewardToken }, escrowWei }: PreparedProject,
  tell: Tell,
): Promise<readonly MarketCall[]> {
  let current: StepName = "wrap";
  const onStep: OnDepositStep = ({ name, ...step }) => {
    current = name;
    tell({ type: "step", name, step: step.state === "asked" ? { state: "in-wallet" } : step });
  };
  try {
    await topUpWrapped(chain, rewardToken, escrowWei, onStep);
    return await allowDeposit(chain, rewardToken, escrowWei, {
      ...{ permitSeconds: PERMIT_SECONDS, onStep },
    });
  } catch (cause) {
    const error = toWalletError(cause, current);
    tell({ type: "step", name: current, step: { state: "failed", error } });
    throw error;
  }
}

/** Hands manifest and model to the project's aggregators; one that has both is enough. */
export async function handOver(options: {
  chain: Chain;
  projectId: bigint;
  files: HandedFiles;
  tell: Tell;
}): Promise<void> {
  const { chain, projectId, files, tell } = options;
  const { prepared, contentStore } = files;
  await step("upload", tell, "working", async () => {
    const maxBytes = maxModelFileBytes(prepared.terms.parameterCount);
    const contents = await Promise.all(
      [prepared.manifestCid, prepared.modelCid].map(async (cid) => ({
        cid,
        bytes: await contentStore.get(cid, { maxBytes }),
      })),
    );
    const results = await Promise.all(
      prepared.terms.aggregators.map(async (account) => {
        const { endpoint } = await readParticipant(chain, account);
        if (endpoint === "") return `${account} has no endpoint`;
        try {
          for (const { cid, bytes } of contents) {
            await postProjectFile(endpoint, { projectId, cid }, bytes);
          }
          return undefined;
        } catch (error) {
          return errorText(error);
        }
      }),
    );
    const taken = results.filter((result) => result === undefined).length;
    if (taken === 0) {
      throw new CommonweightError(webErrors.filesNotTaken, results.join("; "));
    }
    const note = `${taken} of ${results.length} aggregators have the files`;
    return { value: undefined, step: { state: "done", note } };
  });
}

/** Looks again for a posting that was sent before the page was closed; undefined while the chain has no receipt. */
export async function findPosting(chain: Chain, hash: string): Promise<bigint | undefined> {
  const receipt = await findReceipt(chain, hash);
  return receipt === undefined ? undefined : postedProjectId(chain, receipt);
}
