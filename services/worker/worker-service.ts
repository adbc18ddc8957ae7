import { join } from "node:path";
import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { type Chain, connectChain } from "../adapters/chain/connect.ts";
import { isChainUnreachable } from "../adapters/chain/errors.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import { type Project, readProject } from "../adapters/chain/projects/project.ts";
import { openBlockNews } from "../adapters/chain/rpc/block-news.ts";
import { openCurve, startCurveEngine } from "../adapters/curve/open-curve.ts";
import { createHpkeEnvelope } from "../adapters/envelope/hpke-envelope.ts";
import { openIpfsNode } from "../adapters/ipfs/ipfs-node.ts";
import { makeFolder } from "../adapters/make-folder.ts";
import { claimStateFolder } from "../command-line/claim-state-folder.ts";
import { modelCopyKeepers } from "../command-line/model-copies.ts";
import { createModelKeyring } from "../command-line/model-keyring.ts";
import { stayConnected } from "../command-line/stay-connected.ts";
import { type KeepingSettings, startCollecting } from "../housekeeping/start-collecting.ts";
import type { PrivacyBudget } from "../learning/privacy/privacy-ledger.ts";
import { privacyLedgerFile } from "../learning/privacy/privacy-ledger-file.ts";
import { secureBytes } from "../learning/random.ts";
import { CommonweightError, errorText } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import { pause } from "../protocol/pause.ts";
import type { EncryptionKeyPair } from "../protocol/sealing/envelope.ts";
import { workerErrors } from "./errors.ts";
import { joinProjects } from "./join-projects.ts";
import { createMakeUpdate, type OwnTrainer, type UpdateMaker } from "./make-update.ts";
import { isWorkToDo, workOnProject } from "./project-worker.ts";
import type { ProjectWorkerParameters, WorkerEvent } from "./project-worker-parameters.ts";
import { registerTrainer } from "./register-trainer.ts";
import { trainerContent } from "./trainer-content.ts";
import { openTrainingPauses } from "./training-pauses.ts";
import { openWorkStore } from "./work-store.ts";

/** Everything a running worker is told. */
export interface WorkerSettings {
  readonly rpcUrl: string;
  /** Other nodes that have to give the same answers. */
  readonly compareUrls?: readonly string[] | undefined;
  readonly chainId?: number | undefined;
  readonly addresses: MarketAddresses;
  readonly privateKey: string;
  readonly encryptionKeys: EncryptionKeyPair;
  readonly payoutAddress?: string | undefined;
  readonly stateFolder: string;
  /** Powers of tau; may be shared with other programs. */
  readonly cacheFolder: string;
  readonly projectIds: readonly bigint[];
  /**
   * What comes before any stake is sent: waiting for the projects, looking whether the samples fit. While it waits it may register this
   * account, which needs no project.
   */
  readonly beforehand?:
    | ((chain: Chain, registerAccount: () => Promise<void>) => Promise<void>)
    | undefined;
  readonly openData?: UpdateMaker["openData"];
  readonly trainer?: OwnTrainer | undefined;
  /** What this trainer allows itself to spend over all projects; kept in the state folder. */
  readonly privacyBudget?: PrivacyBudget | undefined;
  /** Joins projects that it has not joined yet, with this stake, in each project's own token, or the least the terms ask for. */
  readonly join: { readonly stakeWei?: (projectId: bigint) => bigint | undefined } | undefined;
  readonly isRelayed: boolean;
  readonly seed?: string | undefined;
  readonly attack?: string | undefined;
  readonly srsPath?: string | undefined;
  readonly threads?: number | undefined;
  /** What is kept, and how often the rest is removed; nothing is removed without. */
  readonly keeping?: KeepingSettings | undefined;
  readonly pollMs?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Works on projects until all of them have ended or the signal says stop. Outages are waited out, never given up on.
 *
 * @throws CommonweightError CW6550 for a state folder of another account or market, CW4304 for a key that cannot read a private project.
 */
export async function runWorker(
  settings: WorkerSettings,
  onEvent: (event: WorkerEvent | { type: string; [detail: string]: unknown }) => void,
): Promise<void> {
  const { signal, stateFolder } = settings;
  makeFolder(stateFolder);
  const chain = await connectChain({
    rpcUrl: settings.rpcUrl,
    compareUrls: settings.compareUrls ?? [],
    addresses: settings.addresses,
    privateKey: settings.privateKey,
    ...(settings.chainId === undefined ? {} : { chainId: settings.chainId }),
  });
  const account = chain.account as string;
  // Closed in the opposite order however the work ends: an open node would keep the process alive.
  const closing: (() => unknown)[] = [() => chain.close()];
  try {
    await claimStateFolder(join(stateFolder, "worker-account.json"), chain);
    // Whatever needs no project to be known comes before one is waited for.
    const ipfs = await openIpfsNode({ folder: join(stateFolder, "ipfs") });
    closing.push(() => ipfs.stop());
    const engine = await startCurveEngine({ threads: settings.threads });
    closing.push(() => engine[Symbol.asyncDispose]());
    const workStore = openWorkStore(join(stateFolder, "worker.sqlite"));
    closing.push(() => workStore.close());
    const projects = await openProjects(chain, settings);
    const aggregators = new Set(projects.flatMap(({ terms }) => terms.aggregators));
    const inCharge = new Set(
      projects.map(({ terms, aggregatorIndex }) => terms.aggregators[aggregatorIndex] as string),
    );
    // Ends with the work, too: whoever still looks for lost connections keeps the program alive after its last project.
    const calling = new AbortController();
    closing.push(() => calling.abort());
    const connecting = stayConnected(chain, ipfs, {
      accounts: () => [...aggregators],
      first: [...inCharge],
      signal: AbortSignal.any([signal, calling.signal]),
    });
    const curve = await openCurve({
      parameterCount: Math.max(...projects.map(({ terms }) => terms.parameterCount)),
      cacheDir: settings.cacheFolder,
      srsPath: settings.srsPath,
      engine,
    });
    const envelope = createHpkeEnvelope();
    const { join: joining, encryptionKeys, payoutAddress } = settings;
    const joins =
      joining &&
      joinProjects(chain, projects, {
        ...{ encryptionKeys, payoutAddress, stakeWei: joining.stakeWei },
        onJoined: (projectId, stakeWei) => onEvent({ type: "joined", projectId, stakeWei }),
      });
    // Nobody is needed for joining but the chain.
    await Promise.all([joins, connecting]);
    const { keeping, projectIds } = settings;
    const collecting =
      keeping &&
      startCollecting({
        ...{ chain, contentStore: ipfs, keeping },
        ...trainerContent({ chain, contentStore: ipfs, workStore, projectIds }),
        say: (type, details) => onEvent({ type, ...details }),
        onFailed: (error) => onEvent({ type: "collection-failed", ...failureWords(error) }),
        signal: AbortSignal.any([signal, calling.signal]),
      });
    closing.push(async () => {
      calling.abort();
      await collecting;
    });
    onEvent({ type: "ready", account, peerId: ipfs.peerId });
    const news = openBlockNews(chain);
    closing.push(() => news.close());
    await workUntilOver(settings, {
      ...{ chain, curve, envelope, workStore, onEvent, signal },
      contentStore: ipfs,
      makeUpdate: createMakeUpdate({
        ...{ chain, curve, contentStore: ipfs },
        keyringFor: ({ projectId, terms: { aggregators } }) =>
          createModelKeyring(chain, {
            ...{ projectId, aggregators, account, envelope, keys: encryptionKeys, signal },
          }),
        copyKeepersFor: ({ projectId, terms: { aggregators } }) =>
          modelCopyKeepers(chain, { projectId, aggregators }),
        openData: settings.openData,
        seed: settings.seed,
        attack: settings.attack,
        trainer: settings.trainer,
        privacy: settings.privacyBudget && {
          ledger: privacyLedgerFile(join(stateFolder, "privacy-ledger.json")),
          budget: settings.privacyBudget,
          onSpent: (statement) => onEvent({ type: "privacy", ...statement }),
        },
      }),
      randomBytes: secureBytes,
      isRelayed: settings.isRelayed,
      relayedAtMs: new Map(),
      idleSinceMs: new Map(),
      untilNews: () => news.until({ longestMs: settings.pollMs ?? 1000, signal }),
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const failureWords = (error: unknown) => ({
  code: error instanceof CommonweightError ? error.code : "CW4399",
  message: errorText(error),
});

/** Looks at every project again and again, at each block as a rule, until all have ended or the signal says stop. */
async function workUntilOver(
  { projectIds }: Pick<WorkerSettings, "projectIds">,
  parameters: ProjectWorkerParameters & {
    readonly signal: AbortSignal;
    readonly untilNews: () => Promise<void>;
    readonly onEvent: (event: WorkerEvent | { type: string; [detail: string]: unknown }) => void;
  },
): Promise<void> {
  const { signal, onEvent } = parameters;
  let open = projectIds;
  let lastFailure = "";
  const pauses = openTrainingPauses();
  while (open.length > 0 && !signal.aborted) {
    for (const projectId of await whereSomethingIsToDo(open, parameters)) {
      if (pauses.isPausing(projectId)) continue;
      try {
        const isOpen = await workOnProject(parameters, projectId);
        if (!isOpen) open = open.filter((each) => each !== projectId);
        lastFailure = "";
        pauses.worked(projectId);
      } catch (error) {
        if (signal.aborted) break;
        const pauseSeconds = pauses.failed(projectId, error);
        const { code, message } = failureWords(error);
        const isRepeated = message === lastFailure;
        // That a chain is away is said once; that a training was begun again, at each time.
        if (!isRepeated || pauseSeconds > 0) {
          onEvent({ type: "failed", projectId, code, message, pauseSeconds, isRepeated });
        }
        lastFailure = message;
        if (isChainUnreachable(error)) await pause(2000, signal);
      }
    }
    await parameters.untilNews();
  }
}

/** One look at all of them, so that many projects that wait cost no more than one. */
async function whereSomethingIsToDo(
  open: readonly bigint[],
  { chain, workStore }: Pick<ProjectWorkerParameters, "chain" | "workStore">,
): Promise<readonly bigint[]> {
  // The work looks itself first.
  if (open.length === 1) return open;
  const isWanted = async (projectId: bigint) =>
    // What this look fails with, the work itself says.
    readProject(chain, projectId).then(
      (project) => isWorkToDo(project, workStore),
      () => true,
    );
  const wanted = await Promise.all(open.map(isWanted));
  return open.filter((_, index) => wanted[index]);
}

/**
 * The projects, once it is clear that these keys are the account's own.
 *
 * @throws CommonweightError CW4304 for a key that cannot read a private project, and what `beforehand` throws.
 */
async function openProjects(chain: Chain, settings: WorkerSettings): Promise<readonly Project[]> {
  await settings.beforehand?.(chain, async () => {
    const { join: joining, encryptionKeys, payoutAddress } = settings;
    const own = { encryptionKey: encryptionKeys.publicKey, payoutAddress };
    // Joining does it otherwise, and says what fails.
    if (joining) await registerTrainer(chain, own).catch(() => undefined);
  });
  const projects = await Promise.all(settings.projectIds.map((id) => readProject(chain, id)));
  const { registeredAt, encryptionKey } = await readParticipant(chain, chain.account as string);
  const isRegistered = encryptionKey.toLowerCase() === toHex(settings.encryptionKeys.publicKey);
  const isPrivate = projects.some(({ terms }) => terms.modelVisibility === "private");
  if (isPrivate && registeredAt !== 0 && !isRegistered) {
    throw new CommonweightError(workerErrors.otherEncryptionKey, `registered is ${encryptionKey}`);
  }
  return projects;
}
