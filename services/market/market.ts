import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findAnvil } from "../adapters/anvil-chain.ts";
import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { type Chain, connectChain } from "../adapters/chain/connect.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../adapters/chain/development-accounts.ts";
import { type Project, readProject } from "../adapters/chain/project.ts";
import { CONFIG_FILE_NAME, processEnvironment } from "../adapters/config/config.ts";
import { DEVELOPMENT_MNEMONIC } from "../adapters/embedded-chain.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { pause } from "../protocol/pause.ts";
import { marketErrors } from "./errors.ts";
import type { MarketEvent } from "./market-event.ts";
import {
  deployContracts,
  emptyFolder,
  requireNoMarket,
  writeMarketConfig,
} from "./market-folder.ts";
import {
  type MarketTrainer,
  marketTrainers,
  refereeCommand,
  trainerCommand,
} from "./market-participants.ts";
import type { MarketOptions } from "./market-plan.ts";
import { chainStatePath, type MarketRecord, saveMarketRecord } from "./market-record.ts";
import { divideSamples } from "./market-samples.ts";
import { watchMemory } from "./memory-watch.ts";
import type { OwnNode } from "./own-node.ts";
import { postMarketProject } from "./post-market-project.ts";
import { requireRoomAndPorts } from "./preflight.ts";
import { type ProcessLine, type SupervisedProcess, Supervisor } from "./supervisor.ts";
import { untilThirdRound, watchProject } from "./watch-project.ts";

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

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "services/main.ts");
const endWithParent = new URL("end-with-parent.ts", import.meta.url).href;
const READY_TIMEOUT_MS = 120_000;
/** Of a chain that has just begun. */
const FIRST_PROJECT = 1n;

/**
 * Starts the whole market on this machine: chain, contracts, two aggregators, an owner with its referee, and trainers, each a
 * process of its own that talks to the others only as it would on any network.
 */
export async function startMarket(
  options: MarketOptions & {
    stateFolder: string;
    port: number;
    /** Hardhat's chain, which forgets, or anvil, which keeps the market in its folder; `hardhat` by default. */
    node?: "hardhat" | "anvil" | undefined;
    /** Somebody else's node, instead of starting one. */
    ownNode?: OwnNode | undefined;
    /** A market that was stopped in this folder, to go on with; its options are {@link MarketOptions}. */
    continued?: MarketRecord | undefined;
    /** Static files of the page; awaited only when the aggregator starts. */
    webFolder?: Promise<string | undefined> | undefined;
    /** Environment variables that a process gets besides its own, by its name: for tests of what machines do to it. */
    environmentOf?: ((name: string) => Readonly<Record<string, string>>) | undefined;
    signal: AbortSignal;
  },
  onEvent: (event: MarketEvent) => void,
): Promise<Market> {
  const {
    stateFolder,
    port,
    signal,
    continued,
    node = "hardhat",
    ownNode,
    webFolder: web,
    environmentOf,
    ...marketOptions
  } = options;
  const cacheFolder = join(stateFolder, "cache");
  await requireNoMarket(stateFolder);
  await requireRoomAndPorts({ stateFolder, ports: port === 0 ? [] : [port, port + 1] });
  if (node === "anvil" && findAnvil(processEnvironment().PATH) === undefined) {
    throw new CommonweightError(marketErrors.noAnvil);
  }
  if (continued === undefined) emptyFolder(stateFolder);
  const accounts =
    ownNode?.accounts ?? developmentAccounts(DEVELOPMENT_MNEMONIC, 10 + options.trainers);
  const account = (index: number) => accounts[index] as DevelopmentAccount;
  const [deployer, owner, referee, primary, standby] = [0, 1, 2, 3, 4].map(account) as [
    DevelopmentAccount,
    DevelopmentAccount,
    DevelopmentAccount,
    DevelopmentAccount,
    DevelopmentAccount,
  ];
  let failure: CommonweightError | undefined;
  const supervisor = new Supervisor({
    onLine: ({ process: name, event, text }: ProcessLine) => {
      if (event !== undefined) onEvent({ ...event, process: name, type: String(event.type) });
      else if (text !== "") onEvent({ process: name, type: "log", text });
    },
    onUnexpectedEnd: (name, code, lastLines) => {
      if (signal.aborted || code === 0) return;
      failure = new CommonweightError(
        marketErrors.processDied,
        `${name} ended with ${code ?? "a signal"}:\n${lastLines.join("\n")}`,
      );
      onEvent({ process: name, type: "died", code, lastLines });
    },
  });
  const memory = watchMemory(() => [process.pid, ...supervisor.pids()]);
  const connections: { close(): void }[] = [];
  const closing: (() => Promise<void>)[] = [];
  const stopped = new AbortController();
  const stop = async () => {
    memory.stop();
    stopped.abort();
    await supervisor.stopAll();
    for (const close of closing) await close().catch(() => undefined);
    for (const connection of connections) connection.close();
    // Other commands look here for a running market.
    rmSync(join(stateFolder, CONFIG_FILE_NAME), { force: true });
  };

  const inherited = processEnvironment();
  try {
    const environment = (privateKey?: string): Record<string, string> => ({
      PATH: inherited.PATH ?? "",
      HOME: inherited.HOME ?? "",
      NO_COLOR: "1",
      NODE_NO_WARNINGS: "1",
      COMMONWEIGHT_CONFIG: join(stateFolder, CONFIG_FILE_NAME),
      // Two cores would make the same powers of tau ten times.
      COMMONWEIGHT_CACHE: cacheFolder,
      ...(inherited.NODE_COMPILE_CACHE === undefined
        ? {}
        : { NODE_COMPILE_CACHE: inherited.NODE_COMPILE_CACHE }),
      ...(privateKey === undefined ? {} : { COMMONWEIGHT_PRIVATE_KEY: privateKey }),
    });
    const start = (name: string, args: readonly string[], privateKey?: string) =>
      supervisor.start({
        name,
        command: [process.execPath, "--import", endWithParent, ...args],
        environment: { ...environment(privateKey), ...environmentOf?.(name) },
        folder: root,
      });
    const command = (name: string, args: readonly string[], key: DevelopmentAccount) =>
      start(name, [main, ...args, "--json", "--state", join(stateFolder, name)], key.privateKey);

    const startChain = async () => {
      const chainProcess = start("chain", [
        join(root, "services/market/chain-process.ts"),
        ...["0", String(accounts.length), node, chainStatePath(stateFolder)],
      ]);
      const ready = await chainProcess.waitFor("ready", READY_TIMEOUT_MS);
      return ready as unknown as { rpcUrl: string; chainId: number };
    };
    const chainStarts = ownNode ?? startChain();
    // Most of all modules: loaded while the chain starts rather than before.
    const ipfsModule = import("../adapters/ipfs/ipfs-node.ts");
    const { rpcUrl, chainId } = await chainStarts;
    onEvent({ process: "chain", type: "chain-ready", rpcUrl });

    const addresses =
      continued?.addresses ??
      (await deployContracts(rpcUrl, chainId, deployer.privateKey, stateFolder));
    writeMarketConfig(stateFolder, { rpcUrl, chainId }, addresses);
    if (continued === undefined) onEvent({ process: "chain", type: "deployed", addresses });

    const webFolder = await web;
    const threads = String(Math.max(1, availableParallelism()));
    const aggregators: SupervisedProcess[] = [];
    const urls: string[] = [];
    for (const [index, key] of [primary, standby].entries()) {
      const name = index === 0 ? "aggregator" : "standby";
      const ownPort = String(port === 0 ? 0 : port + index);
      const args = ["aggregator", "run", "--port", ownPort, "--threads", threads];
      if (webFolder !== undefined && index === 0) args.push("--web", webFolder);
      aggregators.push(command(name, args, key));
    }
    const chain = await connectChain({ rpcUrl, chainId, addresses, privateKey: owner.privateKey });
    connections.push(chain);
    const samples = await divideSamples(marketOptions, {
      folder: join(stateFolder, "samples"),
      signal,
    });
    const projectId = continued?.projectId ?? FIRST_PROJECT;
    const trainers = marketTrainers(options, (index) => account(10 + index).address);
    const startTrainer = ({ name }: MarketTrainer, index: number) =>
      command(name, trainerCommand(options, { projectId, index, samples }), account(10 + index));
    const startReferee = () =>
      command("referee", refereeCommand(options, { projectId, samples }), referee);
    const isOver =
      continued !== undefined && (await readProject(chain, projectId)).phase === "ended";
    const running = isOver ? [] : trainers.map(startTrainer);
    const participants = isOver ? [] : [...running, startReferee()];
    const all = (type: string) =>
      Promise.all(participants.map((each) => each.waitFor(type, READY_TIMEOUT_MS)));

    const multiaddrs: string[] = [];
    for (const aggregator of aggregators) {
      const ready = await aggregator.waitFor("ready", READY_TIMEOUT_MS);
      urls.push(String(ready.url));
      multiaddrs.push(...(ready.multiaddrs as string[]));
    }
    if (continued === undefined) {
      const { openIpfsNode } = await ipfsModule;
      const ipfs = await openIpfsNode({ dial: multiaddrs });
      closing.push(() => ipfs.stop());
      // As on any market, whoever takes part runs before the project is posted.
      await all("awaiting");
      const { escrowWei } = await postMarketProject(chain, marketOptions, {
        ...{ contentStore: ipfs, samples },
        referee: referee.address,
        aggregators: [primary.address, standby.address],
        cacheFolder,
        ownerFolder: join(stateFolder, "owner"),
      });
      onEvent({ process: "owner", type: "project-posted", projectId, escrowWei });
    } else {
      const { escrowWei } = await readProject(chain, projectId);
      onEvent({ process: "owner", type: "continued", projectId, escrowWei });
    }
    if (continued === undefined && node === "anvil") {
      const startedAt = new Date().toISOString();
      const record = {
        version: 1,
        startedAt,
        options: marketOptions,
        addresses,
        projectId,
      } as const;
      saveMarketRecord(stateFolder, record);
    }
    await all("ready");

    const watching = AbortSignal.any([signal, stopped.signal]);
    const ended = watchProject(chain, projectId, {
      trainers,
      signal: watching,
      failed: () => failure,
      onEvent,
    });
    ended.catch(() => undefined);
    const crashing = trainers.findIndex(({ crashes }) => crashes);
    if (crashing >= 0 && continued === undefined) {
      // Ends with the market: a project of two rounds has no third, and its timer would keep `up --exit` alive.
      untilThirdRound(chain, projectId, watching, async () => {
        const trainer = trainers[crashing] as MarketTrainer;
        await running[crashing]?.kill();
        onEvent({ process: trainer.name, type: "crashed" });
        await pause(5000, watching);
        if (watching.aborted) return;
        running[crashing] = startTrainer(trainer, crashing);
        onEvent({ process: trainer.name, type: "came-back" });
      });
    }
    return {
      rpcUrl,
      webUrl: urls[0] as string,
      addresses,
      projectId,
      chain,
      trainers,
      peakMemoryMb: () => memory.peakMb(),
      ended,
      kill: (name) => supervisor.kill(name),
      restart: async (name) => {
        await supervisor.restart(name).waitFor("ready", READY_TIMEOUT_MS);
      },
      freeze: (name, ms) => supervisor.freeze(name, ms),
      stop,
    };
  } catch (error) {
    await stop();
    throw failure ?? error;
  }
}
