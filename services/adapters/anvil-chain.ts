import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { DEVELOPMENT_MNEMONIC, type EmbeddedChain } from "./embedded-chain.ts";

const READY_MS = 60_000;
/** How often the state goes to disk besides at the end, so that a crash costs seconds. */
const SAVE_EVERY_SECONDS = "5";

const executable = process.platform === "win32" ? "anvil.exe" : "anvil";

/**
 * The program: from the npm package `@foundry-rs/anvil` when it is installed, from PATH otherwise; undefined when there is none.
 *
 * @param path The variable PATH.
 */
export function findAnvil(path: string | undefined): string | undefined {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const platform = process.platform === "win32" ? "win32" : process.platform;
  const name = `@foundry-rs/anvil-${platform}-${architecture}/package.json`;
  const candidates = (path ?? "").split(delimiter).map((folder) => join(folder, executable));
  try {
    const manifest = createRequire(import.meta.url).resolve(name);
    candidates.unshift(join(manifest, "..", "bin", executable));
  } catch {
    // Optional: other platforms have no such package.
  }
  return candidates.find((candidate) => existsSync(candidate));
}

/**
 * Starts anvil, an independent development node that keeps its chain in a file, on 127.0.0.1. Accounts and mining are those of
 * {@link startEmbeddedChain}.
 *
 * The chain's clock stands still while it is stopped: when it comes back no window has passed for parties that were stopped with it.
 *
 * @param options.statePath The chain is read from this file, when it exists, and written to it.
 * @throws RangeError when the program ends or does not answer in time; the message has what it printed.
 */
export async function startAnvilChain(options: {
  program: string;
  statePath: string;
  port?: number;
  chainId?: number;
  accountCount?: number;
}): Promise<EmbeddedChain> {
  const { program, statePath, port = 0, chainId = 31337, accountCount = 64 } = options;
  const isContinued = existsSync(statePath);
  const child = spawn(
    program,
    [
      ...["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(chainId)],
      ...["--mnemonic", DEVELOPMENT_MNEMONIC, "--accounts", String(accountCount)],
      // Nothing reorganises this chain: every block is final at once, as on the embedded chain.
      ...["--slots-in-an-epoch", "0"],
      ...["--block-time", "1", "--mixed-mining", "--gas-limit", "60000000"],
      ...["--state", statePath, "--state-interval", SAVE_EVERY_SECONDS],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  // Whatever ends this process takes the node with it.
  const killWithUs = () => child.kill("SIGKILL");
  process.on("exit", killWithUs);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  try {
    const rpcUrl = await readyUrl(child);
    if (isContinued) await continueClock(rpcUrl);
    return {
      rpcUrl,
      chainId,
      stop: async () => {
        // It writes its state when it is asked to end.
        child.kill("SIGTERM");
        await ended;
        process.off("exit", killWithUs);
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const fail = (reason: string) => reject(new RangeError([reason, ...lines].join("\n")));
    const timer = setTimeout(() => fail("anvil did not answer in time"), READY_MS);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        // It prints every call from then on, and its keys before.
        const address = /^Listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (address === undefined) {
          if (/error/i.test(line) && lines.length < 20) lines.push(line);
          return;
        }
        clearTimeout(timer);
        resolve(`http://${address}`);
      });
    }
    child.once("error", (error) => fail(error.message));
    child.once("close", (code) => fail(`anvil ended with ${code ?? "a signal"}`));
  });
}

/** The next block follows the last one by a second, however long the node was away. */
async function continueClock(rpcUrl: string): Promise<void> {
  const ask = async (method: string, params: readonly unknown[]) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    const response = await fetch(rpcUrl, { method: "POST", headers, body });
    return ((await response.json()) as { result: unknown }).result;
  };
  const block = (await ask("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
  await ask("anvil_setTime", [Number(block.timestamp) + 1]);
}
