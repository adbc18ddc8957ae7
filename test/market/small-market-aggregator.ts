import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DevelopmentAccount } from "../../services/adapters/chain/accounts/development-accounts.ts";
import type { SupervisedProcess, Supervisor } from "../../services/market/supervisor.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 120_000;

/** An aggregator process of the small market. */
export interface AggregatorProcess {
  readonly name: string;
  readonly url: string;
  readonly account: string;
  readonly stateFolder: string;
  /** Starts it, or starts it again after a kill; resolves when it is ready. @param environment Variables that differ this time. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
  isRunning(): boolean;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Prepares an aggregator that listens on the same ports after every restart; {@link AggregatorProcess.start} starts it. */
export async function prepareAggregator(options: {
  readonly name: string;
  readonly account: DevelopmentAccount;
  /** Gets the aggregator's state and configuration. */
  readonly folder: string;
  readonly cacheFolder: string;
  readonly network: Readonly<Record<string, unknown>>;
  readonly supervisor: Supervisor;
  /** Further words of its command line. */
  readonly words?: readonly string[] | undefined;
}): Promise<AggregatorProcess> {
  const { name, account, folder, cacheFolder, network, supervisor } = options;
  const [port, ipfsPort] = [await freePort(), await freePort()];
  const stateFolder = join(folder, name);
  mkdirSync(stateFolder, { recursive: true });
  const configPath = join(folder, `${name}.config.json`);
  writeFileSync(
    configPath,
    JSON.stringify({
      network: "embedded",
      networks: { embedded: network },
      ipfs: { listen: [`/ip4/127.0.0.1/tcp/${ipfsPort}`] },
    }),
  );
  let running: SupervisedProcess | undefined;
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    account: account.address,
    stateFolder,
    start: async (environment = {}) => {
      running = supervisor.start({
        name,
        command: [
          process.execPath,
          ...[
            "--import",
            new URL("../../services/market/end-with-parent.ts", import.meta.url).href,
          ],
          join(root, "services/main.ts"),
          ...["aggregator", "run", "--json", "--port", String(port), "--threads", "1"],
          ...["--state", stateFolder],
          ...(options.words ?? []),
        ],
        environment: {
          PATH: process.env.PATH ?? "",
          HOME: process.env.HOME ?? "",
          NODE_NO_WARNINGS: "1",
          COMMONWEIGHT_CONFIG: configPath,
          COMMONWEIGHT_CACHE: cacheFolder,
          COMMONWEIGHT_PRIVATE_KEY: account.privateKey,
          ...environment,
        },
        folder: root,
      });
      await running.waitFor("ready", START_MS);
    },
    kill: async () => {
      const killed = running;
      running = undefined;
      await killed?.kill();
    },
    isRunning: () => running !== undefined,
  };
}
