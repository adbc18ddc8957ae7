import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { requireCircuitFiles } from "../adapters/artifacts/circuit-artifacts.ts";
import { openBlockNews } from "../adapters/chain/block-news.ts";
import { DepositDesk } from "../adapters/chain/deposit-desk.ts";
import type { Project } from "../adapters/chain/project.ts";
import { readPosting } from "../adapters/chain/project-posting.ts";
import { untilChainAnswers } from "../adapters/chain/until-chain-answers.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { createHpkeEnvelope } from "../adapters/envelope/hpke-envelope.ts";
import { openIpfsNode } from "../adapters/ipfs/ipfs-node.ts";
import { claimStateFolder } from "../command-line/claim-state-folder.ts";
import { stayConnected } from "../command-line/stay-connected.ts";
import { modelTensors } from "../learning/model-spec.ts";
import { isSameAddress } from "../protocol/address.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import { watchBalance, watchTransaction } from "./account-watch.ts";
import { type AggregatorSettings, toldRpcUrl } from "./aggregator-settings.ts";
import { Alerts } from "./alerts.ts";
import { ChainHead } from "./chain-head.ts";
import { connectAccount, registerAccount } from "./connect-account.ts";
import { createCurves } from "./curves.ts";
import { readDueProjects } from "./due-projects.ts";
import { aggregatorErrors } from "./errors.ts";
import { failureWords } from "./failure-words.ts";
import { GuardedSteps } from "./guarded-steps.ts";
import { startHttpServer } from "./http-server.ts";
import { createIntake } from "./intake.ts";
import { openKeyLog } from "./key-log.ts";
import { createMetrics } from "./metrics.ts";
import { createModelKeys } from "./model-keys.ts";
import { ProjectEngine } from "./project-engine.ts";
import { createProjectFiles } from "./project-files.ts";
import { ProjectLooks } from "./project-looks.ts";
import { ProjectTurns } from "./project-turns.ts";
import { createProver } from "./prover.ts";
import { requireRegisteredKey } from "./require-registered-key.ts";
import { buildRoundReport } from "./round-report.ts";
import { openRoundStore } from "./round-store.ts";
import { refusalToServe } from "./served-projects.ts";
import { EventFeed, type ServiceEvent } from "./service-event.ts";
import { openOrBegin } from "./sound-database.ts";

/** A running aggregator. */
export interface AggregatorService {
  readonly url: string;
  readonly account: string;
  readonly multiaddrs: readonly string[];
  stop(): Promise<void>;
}

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
  mkdirSync(settings.stateFolder, { recursive: true });
  const stopping = new AbortController();
  const { signal } = stopping;
  const feed = new EventFeed();
  feed.onEvent(onEvent);
  const metrics = createMetrics();
  feed.onEvent((event) => metrics.record(event));
  const say = (type: string, details: Record<string, unknown>) =>
    feed.emit({ type, at: Math.floor(Date.now() / 1000), ...details });
  const alerts = new Alerts((event) => feed.emit(event));
  const setAside = (aside: string, cause: unknown) =>
    say("database-set-aside", { aside, message: String(cause) });
  const persist = <T>(work: () => Promise<T>) =>
    untilChainAnswers(work, {
      signal,
      onFailure: (error) => say("failed", failureWords(error)),
    });
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
  const account = chain.account as string;
  try {
    claimStateFolder(join(settings.stateFolder, "aggregator-account.json"), chain);
    await persist(() =>
      requireRegisteredKey(chain, settings.encryptionKeys, {
        isReplacing: settings.isKeyReplaced === true,
      }),
    );
  } catch (error) {
    transactionStore.close();
    chain.close();
    throw error;
  }
  const ipfs = await openIpfsNode({
    folder: join(settings.stateFolder, "ipfs"),
    listen: settings.ipfsListen,
    dial: settings.ipfsDial ?? [],
    dht: settings.ipfsDht,
  });
  const envelope = createHpkeEnvelope();
  const keyLog = openKeyLog(join(settings.stateFolder, "released-keys.jsonl"));
  const store = openOrBegin(
    join(settings.stateFolder, "aggregator.sqlite"),
    (path) => openRoundStore(path, keyLog),
    setAside,
  );
  const dialInBackground = (multiaddr: string) => {
    ipfs.dial(multiaddr, { timeoutMs: 5000 }).catch(() => undefined);
  };
  for (const peer of store.listPeers()) dialInBackground(peer);
  const { cacheFolder, srsPath, threads } = settings;
  const prover = createProver({ cacheFolder, srsPath, threads });
  const curves = createCurves({ srsPath, cacheDir: cacheFolder, threads });
  const startedAt = Math.floor(Date.now() / 1000);
  const head = new ChainHead();
  const engines = new Map<bigint, ProjectEngine>();
  const projects = new Map<bigint, Project>();
  /** Why projects that name this account are not served. */
  const refused = new Map<bigint, string>();
  const guarded = new GuardedSteps({ alerts, onEvent: (event) => feed.emit(event), signal });
  const deposits = new DepositDesk(chain);
  const looks = new ProjectLooks();
  const turns = new ProjectTurns(async (projectId) => {
    const engine = engines.get(projectId);
    if (engine === undefined || signal.aborted) return;
    await guarded.run(projectId, async () => {
      const isAlive = await engine
        .step(looks.find(projectId))
        .finally(() => looks.outdate(projectId));
      if (isAlive) return;
      engines.delete(projectId);
      say("project-ended", { projectId });
    });
  });

  const server = await startHttpServer({
    host: settings.host,
    port: settings.port,
    webFolder: settings.webFolder,
    metrics,
    intake: createIntake({
      refusalOf: (projectId) => refused.get(projectId),
      chain,
      store,
      onNews: (projectId) => {
        looks.outdate(projectId);
        turns.wake(projectId);
      },
      onMultiaddrs: (multiaddrs) => {
        for (const each of multiaddrs) {
          store.savePeer(each);
          dialInBackground(each);
        }
      },
    }),
    status: {
      startedAt,
      alerts: () => alerts.list(),
      readiness: () => {
        const { lastError } = guarded;
        return { isReady: lastError === undefined, lastError, alerts: alerts.list() };
      },
      ipfs: () => ({ peerId: ipfs.peerId, multiaddrs: ipfs.addresses() }),
      market: () => ({
        chainId: chain.chainId,
        rpcUrl: toldRpcUrl(settings),
        addresses: settings.addresses,
        aggregator: account,
      }),
      projects: () => [...projects.values()],
      round: async (projectId, roundIndex) => {
        if (!projects.has(projectId)) throw new CommonweightError(aggregatorErrors.unknownRecord);
        const report = await buildRoundReport(
          { chain, store, roundCosts: transactionStore.roundCosts },
          projectId,
          roundIndex,
        );
        return { projectId, roundIndex, report: report ?? null };
      },
      evaluations: (projectId) => ({ evaluations: store.listEvaluations(projectId) }),
      onEvent: (listener) => feed.onEvent(listener),
    },
    files: createProjectFiles({ chain, account, contentStore: ipfs }),
    readBlock: (cid) => ipfs.getBlock(cid),
    exportCar: (cid) => ipfs.exportCar(cid),
    grantModelKey: createModelKeys({
      chain,
      contentStore: ipfs,
      envelope,
      keys: settings.encryptionKeys,
    }),
  }).catch(async (error: unknown) => {
    // The port is taken, as a rule: what is open would keep the program, and its folder locked.
    prover.stop();
    await curves.close();
    await ipfs.stop();
    store.close();
    transactionStore.close();
    chain.close();
    throw error;
  });

  const layoutOf = async ({ projectId }: Project) => {
    const { manifestCid } = await readPosting(chain, projectId);
    return modelTensors((await getManifest(ipfs, manifestCid)).model);
  };

  const register = () =>
    registerAccount(chain, {
      encryptionKey: toHex(settings.encryptionKeys.publicKey),
      payoutAddress: settings.payoutAddress,
      endpoint: settings.publicUrl ?? server.url,
    });

  /** The other aggregators of our projects: each keeps what the others publish. */
  const colleagues = (): string[] => {
    const ours = [...projects.values()].filter(({ projectId }) => engines.has(projectId));
    const accounts = new Set(ours.flatMap(({ terms }) => terms.aggregators));
    return [...accounts].filter((each) => each.toLowerCase() !== account.toLowerCase());
  };

  const newEngine = (projectId: bigint) =>
    new ProjectEngine(
      {
        ...{ chain, head, envelope, store, prover, deposits, alerts, layoutOf, signal },
        curveFor: curves.forSize,
        contentStore: ipfs,
        keys: settings.encryptionKeys,
        roundCosts: transactionStore.roundCosts,
        requireKey: ({ terms }) => requireCircuitFiles(terms.ruleId, terms.slots),
        onEvent: (event) => feed.emit(event),
      },
      projectId,
    );

  let look = 0;
  /** Looks at the market's projects and finds those that name this account. */
  async function lookAtProjects(): Promise<void> {
    looks.begin();
    const { time } = await head.read(chain);
    const due = readDueProjects(chain, {
      look,
      isAtWork: (projectId) => engines.has(projectId),
      isKnown: (projectId) => projects.has(projectId),
    });
    for await (const project of due) {
      const { projectId, phase, terms } = project;
      projects.set(projectId, project);
      looks.add({ project, time });
      const isOurs = terms.aggregators.some((each) => isSameAddress(each, account));
      if (!isOurs || engines.has(projectId) || phase === "ended") continue;
      const refusal = refusalToServe(project, settings.serving ?? {});
      if (refusal !== undefined) {
        if (!refused.has(projectId)) say("project-refused", { projectId, reason: refusal });
        refused.set(projectId, refusal);
        continue;
      }
      engines.set(projectId, newEngine(projectId));
    }
    look++;
  }

  const pollMs = settings.pollMs ?? 500;
  const news = openBlockNews(chain);
  // Whatever was under way when this service was killed comes to its end before anything new is sent.
  await chain.transactions?.resume();
  await persist(register);
  await stayConnected(chain, ipfs, { accounts: colleagues, signal });
  const loop = (async () => {
    while (!signal.aborted) {
      if (look % 100 === 0) await guarded.run(undefined, () => watchBalance(chain, alerts));
      const isLooked = await guarded.run(undefined, lookAtProjects);
      for (const [projectId, engine] of isLooked ? engines : []) {
        const found = looks.find(projectId);
        if (!turns.begin(projectId) && found !== undefined) engine.watch(found);
      }
      await news.until({ longestMs: pollMs, signal });
    }
  })();

  return {
    url: server.url,
    account,
    multiaddrs: ipfs.addresses(),
    stop: async () => {
      stopping.abort();
      prover.stop();
      news.close();
      chain.transactions?.close();
      await server.stop();
      await loop;
      await turns.ended();
      for (const engine of engines.values()) await engine.reported();
      await ipfs.stop();
      await curves.close();
      store.close();
      transactionStore.close();
      chain.close();
    },
  };
}
