import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../../services/adapters/chain/accounts/development-accounts.ts";
import type { MarketAddresses } from "../../services/adapters/chain/addresses.ts";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { deployMarket, type VerifierSetup } from "../../services/adapters/chain/deploy.ts";
import { readReaderKeys } from "../../services/adapters/chain/projects/model-readers.ts";
import { type Project, readProject } from "../../services/adapters/chain/projects/project.ts";
import { approveVault } from "../../services/adapters/chain/tokens/token.ts";
import { topUpWrapped } from "../../services/adapters/chain/tokens/token-balance.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
} from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";
import type { KeepingSettings } from "../../services/housekeeping/start-collecting.ts";
import { type Dataset, memoryDataset } from "../../services/learning/data/dataset.ts";
import { logisticRegression } from "../../services/learning/model-spec.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";
import { defaultMarketOptions, marketTerms } from "../../services/market/market-plan.ts";
import { Supervisor } from "../../services/market/supervisor.ts";
import { postPreparedProject, prepareProject } from "../../services/owner/posting/post-project.ts";
import { runReferee } from "../../services/owner/referee/referee-service.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import { runWorker } from "../../services/worker/worker-service.ts";
import { startChainChild } from "./chain-child.ts";
import { type AggregatorProcess, prepareAggregator } from "./small-market-aggregator.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Proofs hide products behind 32 coefficients: no model may be smaller. */
const FEATURES = 16;

/** Something that somebody in the market said. */
export interface SmallMarketEvent {
  readonly who: string;
  readonly type: string;
  readonly [detail: string]: unknown;
}

/** A market with a model of 34 numbers, so that a round costs little but its proof. */
export interface SmallMarket {
  readonly embedded: EmbeddedChain;
  readonly chain: Chain;
  readonly addresses: MarketAddresses;
  readonly projectId: bigint;
  /** All projects, the first of them `projectId`. */
  readonly projectIds: readonly bigint[];
  readonly aggregators: readonly AggregatorProcess[];
  readonly trainers: readonly string[];
  readonly events: readonly SmallMarketEvent[];
  /** Resolves with the (first) project once all have ended. */
  readonly ended: Promise<Project>;
  stop(): Promise<void>;
}

/** Two clouds of points; each party draws its own. */
export function twoClouds(seed: number, size: number): Dataset {
  let state = seed * 2654435761;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const labels = Array.from({ length: size }, (_, index) => index % 2);
  const inputs = Float32Array.from({ length: FEATURES * size }, (_, index) => {
    const side = (labels[Math.floor(index / FEATURES)] as number) * 2 - 1;
    return 0.3 * side + 1.5 * (random() - 0.5);
  });
  return memoryDataset({ inputs, labels, inputShape: [FEATURES], classes: 2 });
}

const manifest: Manifest = {
  version: 1,
  title: "Two clouds",
  description: "The smallest thing that can be learned together.",
  model: (({ kind, inputShape, layers, seed }) => ({
    kind,
    seed,
    inputShape: [...inputShape],
    layers: [...layers],
  }))(logisticRegression({ features: FEATURES, classes: 2 })),
  training: { optimiser: "sgd", learningRate: 0.1, batchSize: 8, epochs: 1 },
  data: { inputShape: [FEATURES], classes: ["left", "right"] },
  fixedPoint: { fractionBits: 14, ditherBits: 2, clipNorm: 10 },
  privacy: { kind: "none" },
  evaluation: { metric: "accuracy", referenceSteps: 12, referenceSamples: 64, paySamples: 64 },
};

/** Referees and trainers in this process; the chain and the aggregators each in one of its own. */
export async function startSmallMarket(options: {
  readonly folder: string;
  readonly rounds: number;
  /** One, unless told; they have trainers and aggregators in common, and a referee each. */
  readonly projects?: number;
  readonly trainers?: number;
  readonly aggregators?: 1 | 2;
  /** Further words of the aggregators' command lines. */
  readonly aggregatorWords?: readonly string[];
  /** Further variables of the primary, when it is started for the first time. */
  readonly primaryEnvironment?: Readonly<Record<string, string>>;
  /** What trainers and referees keep, and how often they remove the rest. */
  readonly keeping?: KeepingSettings;
  /** Where an aggregator finds the chain; the chain itself by default. */
  readonly aggregatorRpc?: (embedded: EmbeddedChain) => Promise<string>;
  readonly terms?: Parameters<typeof marketTerms>[0]["terms"];
  /** Circuits that the verifier knows besides those of the development setup. */
  readonly moreKeys?: VerifierSetup["keys"];
  readonly onEvent?: (event: SmallMarketEvent) => void;
}): Promise<SmallMarket> {
  const { folder, rounds } = options;
  const trainerCount = options.trainers ?? 3;
  const stopping = new AbortController();
  const { signal } = stopping;
  const events: SmallMarketEvent[] = [];
  const closing: (() => unknown)[] = [];
  const note = (event: SmallMarketEvent) => {
    events.push(event);
    options.onEvent?.(event);
  };
  const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, 5 + trainerCount);
  const account = (index: number) => accounts[index] as DevelopmentAccount;
  const embedded = await startChainChild(accounts.length);
  const rpcUrl = (await options.aggregatorRpc?.(embedded)) ?? embedded.rpcUrl;
  const deployer = connectSigner(embedded.rpcUrl, embedded.chainId, account(0).privateKey);
  const setup = developmentSetup();
  const { addresses } = await deployMarket({
    signer: deployer.signer,
    verifier: { ...setup, keys: [...setup.keys, ...(options.moreKeys ?? [])] },
  });
  deployer.close();
  const cacheFolder = join(root, "cache/curve-small");
  mkdirSync(folder, { recursive: true });
  const { market, wrappedNative, deployBlock } = addresses;
  const network = { rpcUrl, chainId: embedded.chainId, market, wrappedNative, deployBlock };

  const supervisor = new Supervisor({
    onLine: ({ process: who, event, text }) =>
      note(event ? { ...event, who, type: String(event.type) } : { who, type: "log", text }),
    onUnexpectedEnd: (who, code, lastLines) => note({ who, type: "ended-early", code, lastLines }),
  });
  closing.push(() => supervisor.stopAll());
  const aggregators: AggregatorProcess[] = [];
  for (const [index, name] of ["primary", "standby"].slice(0, options.aggregators ?? 1).entries()) {
    const own = { name, account: account(3 + index) };
    aggregators.push(
      await prepareAggregator({
        ...{ ...own, folder, cacheFolder, network, supervisor },
        words: options.aggregatorWords,
      }),
    );
  }
  await Promise.all(
    aggregators.map((each, index) => each.start(index === 0 ? options.primaryEnvironment : {})),
  );

  const chain = await connectChain({
    rpcUrl: embedded.rpcUrl,
    addresses,
    privateKey: account(1).privateKey,
  });
  const ipfs = await openIpfsNode({ dial: await multiaddrsOf(aggregators) });
  const curve = await openCurve({
    parameterCount: 2 * FEATURES + 2,
    cacheDir: cacheFolder,
    threads: 1,
  });
  const terms = {
    ...marketTerms(
      { ...defaultMarketOptions, rounds, slots: 8, trainers: trainerCount },
      {
        rewardToken: addresses.wrappedNative,
        referee: account(2).address,
        aggregators: aggregators.map((each) => each.account),
      },
    ),
    maxTrainers: trainerCount,
    minTrainers: trainerCount,
    ...options.terms,
  };
  const envelope = createHpkeEnvelope();
  const owner = account(1).address;
  const prepared = await prepareProject({
    ...{ chain, curve, contentStore: ipfs, manifest, terms },
    sealTo:
      terms.modelVisibility === "private"
        ? { envelope, readers: await readReaderKeys(chain, { owner, terms }) }
        : undefined,
  });
  await curve[Symbol.asyncDispose]();
  const projectIds: bigint[] = [];
  const projectCount = options.projects ?? 1;
  const escrowsWei = BigInt(projectCount) * prepared.escrowWei;
  await topUpWrapped(chain, addresses.wrappedNative, escrowsWei);
  await approveVault(chain, addresses.wrappedNative, escrowsWei);
  for (let count = 0; count < projectCount; count++) {
    projectIds.push((await postPreparedProject(chain, prepared)).projectId);
  }
  const projectId = projectIds[0] as bigint;
  closing.push(() => ipfs.stop());

  const shared = {
    rpcUrl: embedded.rpcUrl,
    addresses,
    cacheFolder,
    pollMs: 400,
    threads: 1,
    keeping: options.keeping,
    signal,
  };
  const parties: Promise<unknown>[] = Array.from({ length: trainerCount }, async (_, index) => {
    const who = `trainer-${index + 1}`;
    await runWorker(
      {
        ...shared,
        privateKey: account(5 + index).privateKey,
        encryptionKeys: await envelope.generateKeyPair(),
        stateFolder: join(folder, who),
        projectIds,
        openData: async () => twoClouds(index + 1, 64),
        join: {},
        isRelayed: true,
        seed: who,
      },
      (event) => note({ ...event, who }),
    );
  });
  for (const [index, each] of projectIds.entries()) {
    parties.push(
      runReferee(
        {
          ...shared,
          // Each of them asks the chain on its own: fifty that ask as often as one would keep it busy with nothing else.
          pollMs: projectCount === 1 ? shared.pollMs : 4000,
          privateKey: account(2).privateKey,
          stateFolder: join(folder, index === 0 ? "referee" : `referee-${index + 1}`),
          projectId: each,
          openSets: async () => ({
            rootSet: twoClouds(101, 64),
            paySet: twoClouds(102, 512),
            validationSet: undefined,
          }),
          seed: "referee",
        },
        (event) => note({ ...event, who: "referee" }),
      ),
    );
  }
  const failed = Promise.all(parties).then(() => new Promise<never>(() => {}));
  failed.catch(() => undefined);
  const watch = async (): Promise<Project> => {
    for (;;) {
      signal.throwIfAborted();
      const projects = await Promise.all(projectIds.map((each) => readProject(chain, each)));
      if (projects.every(({ phase }) => phase === "ended")) return projects[0] as Project;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  };
  const ended = Promise.race([watch(), failed]);
  ended.catch(() => undefined);
  return {
    embedded,
    chain,
    addresses,
    projectId,
    projectIds,
    aggregators,
    trainers: accounts.slice(5).map(({ address }) => address),
    events,
    ended,
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(parties);
      for (const close of closing) await Promise.resolve(close()).catch(() => undefined);
      chain.close();
      await embedded.stop();
    },
  };
}

async function multiaddrsOf(aggregators: readonly AggregatorProcess[]): Promise<string[]> {
  const answers = await Promise.all(
    aggregators.map(async ({ url }) => {
      const answer = await fetch(`${url}/v1/ipfs`);
      return ((await answer.json()) as { multiaddrs: string[] }).multiaddrs;
    }),
  );
  return answers.flat();
}
