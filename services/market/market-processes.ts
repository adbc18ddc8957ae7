import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DevelopmentAccount } from "../adapters/chain/accounts/development-accounts.ts";
import { CONFIG_FILE_NAME, processEnvironment } from "../adapters/config/config.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";
import type { MarketEvent } from "./market-event.ts";
import { chainStatePath } from "./market-record.ts";
import { type SupervisedProcess, Supervisor } from "./supervisor.ts";

/** How long a process of the market may take until it says that it is ready. */
export const READY_TIMEOUT_MS = 120_000;

/** Powers of tau and keys, which all processes of a market share. */
export const marketCacheFolder = (stateFolder: string) => join(stateFolder, "cache");

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "services/main.ts");
const endWithParent = new URL("end-with-parent.ts", import.meta.url).href;

/** Starts the programs of a market, each a process of its own, and says why the market cannot go on when one of them dies. */
export class MarketProcesses {
  readonly supervisor: Supervisor;
  readonly #stateFolder: string;
  readonly #environmentOf: (name: string) => Readonly<Record<string, string>>;
  #failure: CommonweightError | undefined;

  constructor(options: {
    readonly stateFolder: string;
    /** Environment variables that a process gets besides its own, by its name. */
    readonly environmentOf?: ((name: string) => Readonly<Record<string, string>>) | undefined;
    /** Once it is aborted a process may end without being missed. */
    readonly signal: AbortSignal;
    readonly onEvent: (event: MarketEvent) => void;
  }) {
    const { signal, onEvent } = options;
    this.#stateFolder = options.stateFolder;
    this.#environmentOf = options.environmentOf ?? (() => ({}));
    this.supervisor = new Supervisor({
      onLine: ({ process: name, event, text }) => {
        if (event !== undefined) onEvent({ ...event, process: name, type: String(event.type) });
        else if (text !== "") onEvent({ process: name, type: "log", text });
      },
      onUnexpectedEnd: (name, code, lastLines) => {
        if (signal.aborted || code === 0) return;
        this.#failure = new CommonweightError(
          marketErrors.processDied,
          `${name} ended with ${code ?? "a signal"}:\n${lastLines.join("\n")}`,
        );
        onEvent({ process: name, type: "died", code, lastLines });
      },
    });
  }

  /** Why the market cannot go on; undefined while it can. */
  failure(): CommonweightError | undefined {
    return this.#failure;
  }

  /** Starts a chain with this many accounts and resolves when it answers. @throws CW6000, CW6001 */
  async startChain(
    node: "hardhat" | "anvil",
    accountCount: number,
  ): Promise<{ rpcUrl: string; chainId: number }> {
    const chain = this.#start("chain", [
      join(root, "services/market/chain-process.ts"),
      ...["0", String(accountCount), node, chainStatePath(this.#stateFolder)],
    ]);
    const ready = await chain.waitFor("ready", READY_TIMEOUT_MS);
    return ready as unknown as { rpcUrl: string; chainId: number };
  }

  /** Starts a command of `commonweight` that signs with this account, with a state folder of this name. */
  startCommand(
    name: string,
    args: readonly string[],
    { privateKey }: DevelopmentAccount,
  ): SupervisedProcess {
    const state = ["--state", join(this.#stateFolder, name)];
    return this.#start(name, [main, ...args, "--json", ...state], {
      COMMONWEIGHT_PRIVATE_KEY: privateKey,
    });
  }

  #start(name: string, args: readonly string[], own: Readonly<Record<string, string>> = {}) {
    return this.supervisor.start({
      name,
      command: [process.execPath, "--import", endWithParent, ...args],
      environment: { ...this.#sharedEnvironment(), ...own, ...this.#environmentOf(name) },
      folder: root,
    });
  }

  #sharedEnvironment(): Record<string, string> {
    const { PATH = "", HOME = "", NODE_COMPILE_CACHE } = processEnvironment();
    return {
      ...{ PATH, HOME, NO_COLOR: "1", NODE_NO_WARNINGS: "1" },
      COMMONWEIGHT_CONFIG: join(this.#stateFolder, CONFIG_FILE_NAME),
      // Two cores would make the same powers of tau ten times.
      COMMONWEIGHT_CACHE: marketCacheFolder(this.#stateFolder),
      ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    };
  }
}
