import { rmSync } from "node:fs";
import { join } from "node:path";
import { findAnvil } from "../adapters/anvil-chain.ts";
import type { DevelopmentAccount } from "../adapters/chain/accounts/development-accounts.ts";
import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { type Chain, connectChain } from "../adapters/chain/connect.ts";
import { type Project, readProject } from "../adapters/chain/projects/project.ts";
import { CONFIG_FILE_NAME, processEnvironment } from "../adapters/config/config.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { crashTrainer } from "./crash-trainer.ts";
import { marketErrors } from "./errors.ts";
import type { MarketEvent } from "./market-event.ts";
import { emptyFolder, requireNoMarket } from "./market-folder.ts";
import { type MarketNetwork, openMarketNetwork } from "./market-network.ts";
import {
  aggregatorCommand,
  type MarketTrainer,
  marketTrainers,
  refereeCommand,
  trainerCommand,
} from "./market-participants.ts";
import type { MarketOptions } from "./market-plan.ts";
import { MarketProcesses, marketCacheFolder, READY_TIMEOUT_MS } from "./market-processes.ts";
import { type MarketRecord, saveMarketRecord } from "./market-record.ts";
import { divideSamples } from "./market-samples.ts";
import { watchMemory } from "./memory-watch.ts";
import type { OwnNode } from "./own-node.ts";
import { postMarketProject } from "./post-market-project.ts";
import { requireRoomAndPorts } from "./preflight.ts";
import type { SupervisedProcess } from "./supervisor.ts";
import { watchProject } from "./watch-project.ts";

/** The running market. */
export interface Market {
  readonly rpcUrl: string;
  readonly webUrl: string;
  readonly addresses: MarketAddresses;
  readonly projectId: bigint;
  readonly chain: Chain;
  readonly trainers: readonly MarketTrainer[];
  /** Kills a process of the market as a crash would: `aggregator`, `standby`, `referee`, `trainer-1` … */
  kill(name: string): Promise<void>;
  /** The most memory that all processes took together so far, this one included; null where the system does not tell. */
  peakMemoryMb(): number | null;
  /** Starts a killed process again and resolves when it says that it is ready. */
  restart(name: string): Promise<void>;
  /** Stops a process of the market, `chain` included, for this long and lets it go on. */
  freeze(name: string, ms: number): Promise<void>;
  /** Resolves with the project once it has ended. */
  readonly ended: Promise<Project>;
  stop(): Promise<void>;
}

/** Where and on what a market runs. */
export interface MarketSetting {
  readonly stateFolder: string;
  /** Of the page; the standby takes the next one. 0 for any that are free. */
  readonly port: number;
  /** Hardhat's chain, which forgets, or anvil, which keeps the market in its folder; `hardhat` by default. */
  readonly node?: "hardhat" | "anvil" | undefined;
  /** Somebody else's node, instead of starting one. */
  readonly ownNode?: OwnNode | undefined;
  /** A market that was stopped in this folder, to go on with; its options are {@link MarketOptions}. */
  readonly continued?: MarketRecord | undefined;
  /** Static files of the page; awaited only when the aggregator starts. */
  readonly webFolder?: Promise<string | undefined> | undefined;
  /** Environment variables that a process gets besides its own, by its name: for tests of what machines do to it. */
  readonly environmentOf?: ((name: string) => Readonly<Record<string, string>>) | undefined;
  readonly signal: AbortSignal;
}

/** Of a chain that has just begun. */
const FIRST_PROJECT = 1n;

/**
 * Starts the whole market on this machine: chain, contracts, two aggregators, an owner with its referee, and trainers, each a
 * process of its own that talks to the others only as it would on any network.
 *
 * @throws CW6000, CW6001, CW6003 to CW6006, CW6008, CW6010, and what posting a project can; then nothing is left running.
 */
export async function startMarket(
  options: MarketOptions & MarketSetting,
  onEvent: (event: MarketEvent) => void,
): Promise<Market> {
  const { stateFolder, port, node, ownNode, continued, webFolder, environmentOf, signal, ...plan } =
    options;
  await requireStartable({ stateFolder, port, node });
  if (continued === undefined) emptyFolder(stateFolder);
  const processes = new MarketProcesses({ stateFolder, environmentOf, signal, onEvent });
  const { supervisor } = processes;
  const memory = watchMemory(() => [process.pid, ...supervisor.pids()]);
  const opened = new AsyncDisposableStack();
  const stopped = new AbortController();
  const stop = async () => {
    memory.stop();
    stopped.abort();
    await supervisor.stopAll();
    await opened.disposeAsync();
    // Other commands look here for a running market.
    rmSync(join(stateFolder, CONFIG_FILE_NAME), { force: true });
  };
  try {
    const running = await openMarket(plan, {
      ...{ stateFolder, port, node, ownNode, continued, webFolder },
      ...{ processes, opened, onEvent },
      signal: AbortSignal.any([signal, stopped.signal]),
    });
    return {
      ...running,
      peakMemoryMb: () => memory.peakMb(),
      kill: (name) => supervisor.kill(name),
      restart: async (name) => {
        await supervisor.restart(name).waitFor("ready", READY_TIMEOUT_MS);
      },
      freeze: (name, ms) => supervisor.freeze(name, ms),
      stop,
    };
  } catch (error) {
    await stop();
    throw processes.failure() ?? error;
  }
}

/** What can be refused before anything is emptied or started. */
async function requireStartable({
  stateFolder,
  port,
  node,
}: Pick<MarketSetting, "stateFolder" | "port" | "node">): Promise<void> {
  if (node === "anvil" && findAnvil(processEnvironment().PATH) === undefined) {
    throw new CommonweightError(marketErrors.noAnvil);
  }
  await requireNoMarket(stateFolder);
  await requireRoomAndPorts({ stateFolder, ports: port === 0 ? [] : [port, port + 1] });
}

/** What the steps of opening a market share. */
interface Opening extends Omit<MarketSetting, "environmentOf"> {
  readonly processes: MarketProcesses;
  /** What is closed when the market stops, after its processes. */
  readonly opened: AsyncDisposableStack;
  readonly onEvent: (event: MarketEvent) => void;
}

type OpenedMarket = Pick<
  Market,
  "rpcUrl" | "webUrl" | "addresses" | "projectId" | "chain" | "trainers" | "ended"
>;

/** Starts everybody before the project is posted, as on any market, and watches what they do. */
async function openMarket(plan: MarketOptions, opening: Opening): Promise<OpenedMarket> {
  const { continued, stateFolder, processes, opened, onEvent, signal } = opening;
  // Most of all modules: loaded while the chain starts rather than before.
  const ipfsModule = import("../adapters/ipfs/ipfs-node.ts");
  const network = await openMarketNetwork(processes, {
    ...{ stateFolder, onEvent, trainers: plan.trainers, ownNode: opening.ownNode },
    node: opening.node ?? "hardhat",
    deployed: continued?.addresses,
  });
  const aggregators = startAggregators(network, opening, await opening.webFolder);
  const { addresses, accounts, rpcUrl } = network;
  const chain = await connectChain({ ...network, privateKey: accounts.owner.privateKey });
  opened.defer(() => chain.close());
  const samples = await divideSamples(plan, { folder: join(stateFolder, "samples"), signal });
  const projectId = continued?.projectId ?? FIRST_PROJECT;
  const trainers = marketTrainers(plan, accounts.trainers);
  const startTrainer = ({ name }: MarketTrainer, index: number) =>
    processes.startCommand(
      name,
      trainerCommand(plan, { projectId, index, samples }),
      accounts.trainers[index] as DevelopmentAccount,
    );
  const startReferee = () =>
    processes.startCommand(
      "referee",
      refereeCommand(plan, { projectId, samples }),
      accounts.referee,
    );
  const isOver = continued !== undefined && (await readProject(chain, projectId)).phase === "ended";
  const training = isOver ? [] : trainers.map(startTrainer);
  const learning = isOver ? [] : [...training, startReferee()];

  const { webUrl, multiaddrs } = await untilServing(aggregators);
  if (continued === undefined) {
    const { openIpfsNode } = await ipfsModule;
    const contentStore = await openIpfsNode({ dial: multiaddrs });
    opened.defer(() => contentStore.stop().catch(() => undefined));
    await untilAllSay("awaiting", learning);
    const { escrowWei } = await postMarketProject(chain, plan, {
      ...{ contentStore, samples },
      referee: accounts.referee.address,
      aggregators: accounts.aggregators.map(({ address }) => address),
      cacheFolder: marketCacheFolder(stateFolder),
      ownerFolder: join(stateFolder, "owner"),
    });
    onEvent({ process: "owner", type: "project-posted", projectId, escrowWei });
    if (opening.node === "anvil") {
      const startedAt = new Date().toISOString();
      saveMarketRecord(stateFolder, { version: 1, startedAt, options: plan, addresses, projectId });
    }
  } else {
    const { escrowWei } = await readProject(chain, projectId);
    onEvent({ process: "owner", type: "continued", projectId, escrowWei });
  }
  await untilAllSay("ready", learning);

  const failed = () => processes.failure();
  const ended = watchProject(chain, projectId, { trainers, signal, failed, onEvent });
  ended.catch(() => undefined);
  const crashing = trainers.findIndex(({ crashes }) => crashes);
  const crashed = training[crashing];
  if (crashed !== undefined && continued === undefined) {
    void crashTrainer({
      ...{ trainer: crashed, onEvent, signal },
      read: () => readProject(chain, projectId),
      startAgain: () => startTrainer(trainers[crashing] as MarketTrainer, crashing),
    });
  }
  return { rpcUrl, webUrl, addresses, projectId, chain, trainers, ended };
}

/** The one in charge, which serves the page, and the standby. */
function startAggregators(
  { accounts }: MarketNetwork,
  { port, processes }: Opening,
  webFolder: string | undefined,
): SupervisedProcess[] {
  return accounts.aggregators.map((account, index) => {
    const isStandby = index > 0;
    const command = aggregatorCommand({
      port: port === 0 ? 0 : port + index,
      webFolder: isStandby ? undefined : webFolder,
    });
    return processes.startCommand(isStandby ? "standby" : "aggregator", command, account);
  });
}

/** Waits until the aggregators serve. @returns Where the page is, and where their IPFS nodes are. */
async function untilServing(
  aggregators: readonly SupervisedProcess[],
): Promise<{ webUrl: string; multiaddrs: string[] }> {
  const ready = await untilAllSay("ready", aggregators);
  return {
    webUrl: String(ready[0]?.url),
    multiaddrs: ready.flatMap(({ multiaddrs }) => multiaddrs as string[]),
  };
}

const untilAllSay = (type: string, processes: readonly SupervisedProcess[]) =>
  Promise.all(processes.map((each) => each.waitFor(type, READY_TIMEOUT_MS)));
