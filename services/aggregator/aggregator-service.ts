import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { connectChain } from "../adapters/chain/connect.ts";
import { chainErrors, isChainUnreachable } from "../adapters/chain/errors.ts";
import { defaultFeePolicy } from "../adapters/chain/fee-policy.ts";
import { readPosting } from "../adapters/chain/history.ts";
import {
  readParticipant,
  registerParticipant,
  setEndpoint,
} from "../adapters/chain/participant.ts";
import { countProjects, type Project, readProjects } from "../adapters/chain/project.ts";
import { untilNews } from "../adapters/chain/until-news.ts";
import { openCurve } from "../adapters/curve/open-curve.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { createHpkeEnvelope } from "../adapters/envelope/hpke-envelope.ts";
import { type IpfsNodeOptions, openIpfsNode } from "../adapters/ipfs/ipfs-node.ts";
import { claimStateFolder } from "../command-line/claim-state-folder.ts";
import { stayConnected } from "../command-line/stay-connected.ts";
import { modelTensors } from "../learning/model-spec.ts";
import { isSameAddress } from "../protocol/address.ts";
import type { Curve } from "../protocol/curve.ts";
import type { EncryptionKeyPair } from "../protocol/envelope.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import { pause } from "../protocol/pause.ts";
import { watchBalance, watchTransaction } from "./account-watch.ts";
import { Alerts } from "./alerts.ts";
import { ChainHead } from "./chain-head.ts";
import { aggregatorErrors } from "./errors.ts";
import { startHttpServer } from "./http-server.ts";
import { createIntake } from "./intake.ts";
import { openKeyLog } from "./key-log.ts";
import { createMetrics } from "./metrics.ts";
import { createModelKeys } from "./model-keys.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { ProjectEngine } from "./project-engine.ts";
import { createProjectFiles } from "./project-files.ts";
import { ProjectTurns } from "./project-turns.ts";
import { createProver } from "./prover.ts";
import { requireRegisteredKey } from "./require-registered-key.ts";
import { buildRoundReport } from "./round-report.ts";
import { openRoundStore } from "./round-store.ts";
import { EventFeed, type ServiceEvent } from "./service-status.ts";
import { openOrBegin } from "./sound-database.ts";
import { openTransactionStore, type TransactionStore } from "./transaction-store.ts";

/** Everything a running aggregator is told. */
export interface AggregatorSettings {
  readonly rpcUrl: string;
  readonly chainId?: number | undefined;
  readonly addresses: MarketAddresses;
  readonly privateKey: string;
  readonly encryptionKeys: EncryptionKeyPair;
  /** Registers these encryption keys when others are registered; refuses to start by default. */
  readonly isKeyReplaced?: boolean | undefined;
  /** Where earnings and fees go; the account itself by default. */
  readonly payoutAddress?: string | undefined;
  readonly stateFolder: string;
  /** Powers of tau; may be shared with other programs. */
  readonly cacheFolder: string;
  readonly host: string;
  readonly port: number;
  /** URL under which others reach this service; what it listens on by default. */
  readonly publicUrl?: string | undefined;
  readonly ipfsListen: readonly string[];
  readonly ipfsDial?: readonly string[] | undefined;
  readonly ipfsDht?: IpfsNodeOptions["dht"];
  readonly srsPath?: string | undefined;
  readonly webFolder?: string | undefined;
  readonly pollMs?: number | undefined;
  readonly threads?: number | undefined;
  /** Cap on what a unit of gas may cost. */
  readonly maxFeePerGasWei?: bigint | undefined;
}

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
 * @throws CommonweightError CW6540 for a state folder of another account or market, CW5009 for another encryption key than the one
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
  /** Repeats what needs the chain until the chain is there: a restart must not depend on whose turn it is to be down. */
  const persist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let lastMessage = ""; ; ) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted || !(isChainUnreachable(error) || isTakenBack(error))) throw error;
        const message = String(error);
        if (message !== lastMessage) say("failed", { code: chainErrors.unreachable.code, message });
        lastMessage = message;
        await pause(1000, signal);
      }
    }
  };
  const transactionStores: TransactionStore[] = [];
  const connect = () =>
    connectChain({
      rpcUrl: settings.rpcUrl,
      addresses: settings.addresses,
      privateKey: settings.privateKey,
      journalFor: (scope) => {
        const opened = openOrBegin(
          join(settings.stateFolder, "transactions.sqlite"),
          (path) => openTransactionStore(path, scope),
          setAside,
        );
        transactionStores.push(opened);
        return opened;
      },
      feePolicy: {
        ...defaultFeePolicy,
        ...(settings.maxFeePerGasWei ? { maxFeePerGasWei: settings.maxFeePerGasWei } : {}),
      },
      onTransaction: (event) => {
        feed.emit({ ...event, at: Math.floor(Date.now() / 1000) });
        watchTransaction(event, alerts);
      },
      ...(settings.chainId === undefined ? {} : { chainId: settings.chainId }),
    });
  const chain = await persist(connect);
  const transactionStore = transactionStores[0] as TransactionStore;
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
  const { cacheFolder } = settings;
  const prover = createProver({
    cacheFolder,
    srsPath: settings.srsPath,
    threads: settings.threads,
  });
  const curves = new Map<number, Promise<Curve & AsyncDisposable>>();
  const startedAt = Math.floor(Date.now() / 1000);
  const head = new ChainHead();
  const engines = new Map<bigint, ProjectEngine>();
  const ended = new Set<bigint>();
  const projects = new Map<bigint, Project>();
  let lastError: string | undefined;
  /** What each project's last step failed with; `undefined` stands for the search for projects. */
  const failures = new Map<bigint | undefined, string>();
  const inTurn = oneAtATime();
  const turns = new ProjectTurns(async (projectId) => {
    const engine = engines.get(projectId);
    if (engine === undefined || signal.aborted) return;
    await guarded(projectId, async () => {
      if (await engine.step()) return;
      engines.delete(projectId);
      ended.add(projectId);
      feed.emit({ type: "project-ended", at: Math.floor(Date.now() / 1000), projectId });
    });
  });

  const server = await startHttpServer({
    host: settings.host,
    port: settings.port,
    webFolder: settings.webFolder,
    metrics,
    intake: createIntake({
      chain,
      store,
      onNews: (projectId) => turns.wake(projectId),
      onMultiaddrs: (multiaddrs) => {
        for (const each of multiaddrs) {
          store.savePeer(each);
          dialInBackground(each);
        }
      },
    }),
    status: {
      startedAt,
      readiness: () => ({ isReady: lastError === undefined, lastError, alerts: alerts.list() }),
      ipfs: () => ({ peerId: ipfs.peerId, multiaddrs: ipfs.addresses() }),
      market: () => ({
        chainId: chain.chainId,
        rpcUrl: settings.rpcUrl,
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
  });

  const curveFor = (parameterCount: number) => {
    const known = curves.get(parameterCount);
    if (known) return known;
    const opening = openCurve({
      parameterCount,
      srsPath: settings.srsPath,
      cacheDir: cacheFolder,
      threads: settings.threads,
    });
    curves.set(parameterCount, opening);
    return opening;
  };

  const layoutOf = async ({ projectId }: Project) => {
    const { manifestCid } = await readPosting(chain, projectId);
    return modelTensors((await getManifest(ipfs, manifestCid)).model);
  };

  async function register(): Promise<void> {
    const endpoint = settings.publicUrl ?? server.url;
    const registered = await readParticipant(chain, account);
    if (registered.registeredAt === 0) {
      await registerParticipant(chain, {
        encryptionKey: toHex(settings.encryptionKeys.publicKey),
        payoutAddress: settings.payoutAddress ?? account,
        endpoint,
      });
    } else if (registered.endpoint !== endpoint) await setEndpoint(chain, endpoint);
  }

  /** The other aggregators of our projects: each keeps what the others publish. */
  const colleagues = (): string[] => {
    const ours = [...projects.values()].filter(({ projectId }) => engines.has(projectId));
    const accounts = new Set(ours.flatMap(({ terms }) => terms.aggregators));
    return [...accounts].filter((each) => each.toLowerCase() !== account.toLowerCase());
  };

  /** Finds the projects that name this account; new ones appear at the end of the list. */
  async function findProjects(): Promise<void> {
    const count = await countProjects(chain);
    for (let first = 1; first <= count; first += 50) {
      for (const project of await readProjects(chain, BigInt(first), 50)) {
        projects.set(project.projectId, project);
        const isOurs = project.terms.aggregators.some((each) => isSameAddress(each, account));
        if (!isOurs || engines.has(project.projectId) || ended.has(project.projectId)) continue;
        const engine = new ProjectEngine(
          {
            chain,
            head,
            curveFor,
            contentStore: ipfs,
            envelope,
            keys: settings.encryptionKeys,
            store,
            roundCosts: transactionStore.roundCosts,
            prover,
            inTurn,
            alerts,
            layoutOf,
            onEvent: (event) => feed.emit(event),
            signal,
          },
          project.projectId,
        );
        engines.set(project.projectId, engine);
      }
    }
  }

  async function guarded(projectId: bigint | undefined, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      failures.delete(projectId);
      if (failures.size === 0) alerts.set("chain", "", undefined);
      lastError = [...failures.values()][0];
    } catch (error) {
      if (signal.aborted) return;
      const code = error instanceof CommonweightError ? error.code : "CW5099";
      const message = error instanceof Error ? error.message : String(error);
      // The same failure again is no news, and a chain that is away is waited for.
      if (message !== failures.get(projectId)) {
        const event = { type: "failed", at: Math.floor(Date.now() / 1000), code, message };
        feed.emit(projectId === undefined ? event : { ...event, projectId });
      }
      failures.set(projectId, message);
      lastError = message;
      if (!isChainUnreachable(error)) return;
      alerts.set("chain", "", message);
      await pause(2000, signal);
    }
  }

  const pollMs = settings.pollMs ?? 500;
  // Whatever was under way when this service was killed comes to its end before anything new is sent.
  await chain.transactions?.resume();
  await persist(register);
  await stayConnected(chain, ipfs, { accounts: colleagues, signal });
  const loop = (async () => {
    let turn = 0;
    while (!signal.aborted) {
      await guarded(undefined, findProjects);
      if (turn % 100 === 0) await guarded(undefined, () => watchBalance(chain, alerts));
      turn++;
      const waiting = [...engines].filter(([projectId]) => !turns.begin(projectId));
      // What fails here, the step itself or the next search for projects says.
      await Promise.all(waiting.map(([, engine]) => engine.watch().catch(() => undefined)));
      await untilNews(chain, { longestMs: pollMs, signal });
    }
  })();

  return {
    url: server.url,
    account,
    multiaddrs: ipfs.addresses(),
    stop: async () => {
      stopping.abort();
      prover.stop();
      chain.transactions?.close();
      await server.stop();
      await loop;
      await turns.ended();
      await ipfs.stop();
      for (const curve of curves.values()) await (await curve)[Symbol.asyncDispose]();
      store.close();
      transactionStore.close();
      chain.close();
    },
  };
}

/** A transaction that did not come to be says nothing against sending it again. */
const isTakenBack = (error: unknown) =>
  error instanceof CommonweightError && error.code === chainErrors.displaced.code;
