import { join } from "node:path";
import { requireCircuitFiles } from "../adapters/artifacts/circuit-artifacts.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import { openBlockNews } from "../adapters/chain/rpc/block-news.ts";
import { untilChainAnswers } from "../adapters/chain/rpc/until-chain-answers.ts";
import { DepositDesk } from "../adapters/chain/tokens/deposit-desk.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { createHpkeEnvelope } from "../adapters/envelope/hpke-envelope.ts";
import { type IpfsNode, openIpfsNode } from "../adapters/ipfs/ipfs-node.ts";
import { makeFolder } from "../adapters/make-folder.ts";
import { claimStateFolder } from "../command-line/claim-state-folder.ts";
import { stayConnected } from "../command-line/stay-connected.ts";
import { holdContent } from "../housekeeping/hold-content.ts";
import { projectHolder } from "../housekeeping/project-holder.ts";
import { startCollecting } from "../housekeeping/start-collecting.ts";
import { modelTensors } from "../learning/model-spec.ts";
import { toHex } from "../protocol/hex.ts";
import { accountContent } from "./account-content.ts";
import { readGasReserve, watchBalance, watchTransaction } from "./account-watch.ts";
import { type AggregatorSettings, toldRpcUrl } from "./aggregator-settings.ts";
import { Alerts } from "./alerts.ts";
import { ChainHead } from "./chain-head.ts";
import { connectAccount, registerAccount } from "./connect-account.ts";
import { failureWords } from "./failure-words.ts";
import { createIntake } from "./intake/intake.ts";
import { createMetrics } from "./metrics.ts";
import { newestFirst } from "./newest-first.ts";
import { AccountProjects } from "./projects/account-projects.ts";
import { GuardedSteps } from "./projects/guarded-steps.ts";
import { ProjectEngine } from "./projects/project-engine.ts";
import type { ProjectEngineParameters } from "./projects/project-engine-parameters.ts";
import { createCurves } from "./proving/curves.ts";
import { createProver } from "./proving/prover.ts";
import { requireRegisteredKey } from "./require-registered-key.ts";
import { startHttpServer } from "./server/http-server.ts";
import { createModelKeys } from "./server/model-keys.ts";
import { createProjectFiles } from "./server/project-files.ts";
import { EventFeed, type ServiceEvent } from "./service-event.ts";
import { describeService } from "./service-status.ts";
import { begunProjects } from "./store/begun-projects.ts";
import { openKeyLog } from "./store/key-log.ts";
import { openRoundStore } from "./store/round-store.ts";
import { openOrBegin } from "./store/sound-database.ts";

/** A running aggregator. */
export interface AggregatorService {
  readonly url: string;
  readonly account: string;
  readonly multiaddrs: readonly string[];
  stop(): Promise<void>;
}

/** How long a sender's node is tried. */
const DIAL_MS = 5000;
const CALLED_AT_ONCE = 16;
/** Files of new projects that are looked for at a time: a thousand that are nowhere take the node half a minute to ask for. */
const FIRST_FILES_AT_ONCE = 32;
const POLL_MS = 500;
const BALANCE_EVERY_LOOKS = 100;

/**
 * Starts an aggregator: it works on every project whose terms name its account, until it is stopped.
 *
 * It never gives up on its own: a chain that is away or a step that fails is tried again, and said.
 *
 * @throws CommonweightError CW6550 for a state folder of another account or market, CW5009 for another encryption key than the one
 * registered: both before anything is sent or opened.
 */
export async function startAggregator(
  settings: AggregatorSettings,
  onEvent: (event: ServiceEvent) => void,
): Promise<AggregatorService> {
  makeFolder(settings.stateFolder);
  const opened = new AsyncDisposableStack();
  try {
    return await openService(settings, onEvent, opened);
  } catch (error) {
    // What is open would keep the program, and its folder locked.
    await opened.disposeAsync();
    throw error;
  }
}

/** What a service tells: to whoever listens, to its counters, and as alerts to its operator. */
function openFeed(onEvent: (event: ServiceEvent) => void) {
  const feed = new EventFeed();
  feed.onEvent(onEvent);
  const metrics = createMetrics();
  feed.onEvent((event) => metrics.record(event));
  const alerts = new Alerts((event) => feed.emit(event));
  const say = (type: string, details: Record<string, unknown>) =>
    feed.emit({ type, at: Math.floor(Date.now() / 1000), ...details });
  const setAside = (aside: string, cause: unknown) =>
    say("database-set-aside", { aside, message: String(cause) });
  return { feed, metrics, alerts, say, setAside };
}

type Feed = ReturnType<typeof openFeed>;

/** Connects the account and makes sure that folder and keys are its own, before anything is sent. */
async function openAccount(
  settings: AggregatorSettings,
  { feed, alerts, setAside }: Feed,
  persist: <T>(work: () => Promise<T>) => Promise<T>,
  opened: AsyncDisposableStack,
) {
  const { rpcUrl, compareUrls = [], addresses, privateKey, chainId, stateFolder } = settings;
  const { chain, transactionStore } = await persist(() =>
    connectAccount({
      connection: { rpcUrl, compareUrls, addresses, privateKey },
      ...{ chainId, stateFolder, maxFeePerGasWei: settings.maxFeePerGasWei },
      onTransaction: (event) => {
        feed.emit({ ...event, at: Math.floor(Date.now() / 1000) });
        watchTransaction(event, alerts);
      },
      onSetAside: setAside,
    }),
  );
  opened.defer(() => {
    transactionStore.close();
    chain.close();
  });
  await claimStateFolder(join(stateFolder, "aggregator-account.json"), chain);
  await persist(() =>
    requireRegisteredKey(chain, settings.encryptionKeys, {
      isReplacing: settings.isKeyReplaced === true,
    }),
  );
  return { chain, roundCosts: transactionStore.roundCosts };
}

/** What the account keeps and works with on this machine. */
async function openTools(
  settings: AggregatorSettings,
  { setAside }: Feed,
  opened: AsyncDisposableStack,
) {
  const { stateFolder, cacheFolder, srsPath, threads } = settings;
  const ipfs = await openIpfsNode({
    folder: join(stateFolder, "ipfs"),
    listen: settings.ipfsListen,
    dial: settings.ipfsDial ?? [],
    dht: settings.ipfsDht,
  });
  opened.defer(() => ipfs.stop());
  const keyLog = openKeyLog(join(stateFolder, "released-keys.jsonl"));
  const store = openOrBegin(
    join(stateFolder, "aggregator.sqlite"),
    (path) => openRoundStore(path, keyLog),
    setAside,
  );
  opened.defer(() => store.close());
  const prover = createProver({ cacheFolder, srsPath, threads });
  opened.defer(() => prover.stop());
  const curves = createCurves({ srsPath, cacheDir: cacheFolder, threads });
  opened.defer(() => curves.close());
  return { ipfs, store, prover, curves, envelope: createHpkeEnvelope() };
}

/** Calls those who could be dialled before this service ended: nobody knows it until then. Addresses are what anybody has said. */
async function callSenders(
  ipfs: Pick<IpfsNode, "dialNamed">,
  peers: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < peers.length && !signal.aborted; from += CALLED_AT_ONCE) {
    const some = peers.slice(from, from + CALLED_AT_ONCE);
    await Promise.all(some.map((peer) => ipfs.dialNamed(peer, { signal, timeoutMs: DIAL_MS })));
  }
}

async function openService(
  settings: AggregatorSettings,
  onEvent: (event: ServiceEvent) => void,
  opened: AsyncDisposableStack,
): Promise<AggregatorService> {
  const stopping = new AbortController();
  opened.defer(() => stopping.abort());
  const { signal } = stopping;
  const told = openFeed(onEvent);
  const { feed, alerts, say } = told;
  const persist = <T>(work: () => Promise<T>) =>
    untilChainAnswers(work, {
      signal,
      onFailure: (error) => say("failed", failureWords(error)),
    });
  const { chain, roundCosts } = await openAccount(settings, told, persist, opened);
  const account = chain.account as string;
  const keys = settings.encryptionKeys;
  const tools = await openTools(settings, told, opened);
  const { ipfs, store, envelope, prover } = tools;
  const guarded = new GuardedSteps({ alerts, onEvent: (event) => feed.emit(event), signal });
  const head = new ChainHead();
  const deposits = new DepositDesk(chain, () => readGasReserve(chain));
  const layoutOf = async ({ projectId }: Project) => {
    const { manifestCid } = await readPosting(chain, projectId);
    return modelTensors((await getManifest(ipfs, manifestCid)).model);
  };
  const engineParameters: Omit<ProjectEngineParameters, "contentStore"> = {
    ...{ chain, head, envelope, store, prover, deposits, alerts, layoutOf, signal },
    ...{ keys, roundCosts, curveFor: tools.curves.forSize },
    firstFiles: newestFirst(FIRST_FILES_AT_ONCE),
    requireKey: ({ terms }) => requireCircuitFiles(terms.ruleId, terms.slots),
    onEvent: (event) => feed.emit(event),
  };
  const projects = new AccountProjects({
    ...{ chain, head, guarded, say, signal, serving: settings.serving ?? {} },
    begun: begunProjects(store),
    newEngine: (projectId) => {
      const holder = projectHolder(chain, "aggregator", projectId);
      const contentStore = holdContent(ipfs, holder);
      return new ProjectEngine({ ...engineParameters, contentStore }, projectId);
    },
  });

  void callSenders(ipfs, store.listPeers(), signal);
  const rpcUrl = toldRpcUrl(settings);
  const server = await startHttpServer({
    ...{ host: settings.host, port: settings.port, webFolder: settings.webFolder },
    metrics: told.metrics,
    intake: createIntake({
      ...{ chain, store },
      refusalOf: (projectId) => projects.refusalOf(projectId),
      onNews: (projectId) => projects.wake(projectId),
      onMultiaddrs: (multiaddrs) => {
        for (const each of multiaddrs) {
          store.savePeer(each);
          void ipfs.dialNamed(each, { timeoutMs: DIAL_MS });
        }
      },
    }),
    status: describeService({
      ...{ chain, rpcUrl, ipfs, store, roundCosts, projects, guarded, alerts, feed },
    }),
    files: createProjectFiles({ chain, account, contentStore: ipfs, serving: settings.serving }),
    readBlock: (cid) => ipfs.getBlock(cid),
    exportCar: (cid) => ipfs.exportCar(cid),
    grantModelKey: createModelKeys({
      ...{ chain, contentStore: ipfs, store, envelope, keys, serving: settings.serving },
    }),
  });
  opened.defer(() => server.stop());
  const news = openBlockNews(chain);
  opened.defer(() => news.close());

  // Whatever was under way when this service was killed comes to its end before anything new is sent.
  await chain.transactions?.resume();
  await persist(() =>
    registerAccount(chain, {
      encryptionKey: toHex(keys.publicKey),
      payoutAddress: settings.payoutAddress,
      endpoint: settings.publicUrl ?? server.url,
    }),
  );
  const collecting = startCollecting({
    ...{ chain, contentStore: ipfs, say, signal, keeping: settings.keeping },
    ...accountContent({
      ...{ chain, store },
      listMarket: () => (projects.lookCount > 0 ? projects.list() : undefined),
      refusalOf: (projectId) => projects.refusalOf(projectId),
    }),
    onFailed: (error) => say("collection-failed", failureWords(error)),
  });
  await stayConnected(chain, ipfs, { accounts: () => projects.colleagues(), signal });
  const work = (async () => {
    while (!signal.aborted) {
      const isDue = projects.lookCount % BALANCE_EVERY_LOOKS === 0;
      if (isDue) await guarded.run(undefined, () => watchBalance(chain, alerts));
      const isLooked = await guarded.run(undefined, () => projects.look());
      if (isLooked) projects.beginSteps();
      await news.until({ longestMs: settings.pollMs ?? POLL_MS, signal });
    }
    await projects.ended();
  })();

  return {
    ...{ url: server.url, account, multiaddrs: ipfs.addresses() },
    stop: async () => {
      // Before what they wait for: steps under way end by this.
      stopping.abort();
      prover.stop();
      news.close();
      chain.transactions?.close();
      await server.stop();
      await work;
      await collecting;
      await opened.disposeAsync();
    },
  };
}
