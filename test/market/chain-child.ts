import { fileURLToPath } from "node:url";
import type { EmbeddedChain } from "../../services/adapters/embedded-chain.ts";
import { Supervisor } from "../../services/market/supervisor.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 120_000;

/** Starts the development chain as a process of its own: what a test does besides must not make the chain slow. */
export async function startChainChild(accountCount: number): Promise<EmbeddedChain> {
  const supervisor = new Supervisor({
    onLine: () => {},
    onUnexpectedEnd: (name, code, lastLines) =>
      console.error(`${name} ended with ${code ?? "a signal"}:\n${lastLines.join("\n")}`),
  });
  const child = supervisor.start({
    name: "chain",
    command: [
      process.execPath,
      ...["--import", new URL("../../services/market/end-with-parent.ts", import.meta.url).href],
      ...["services/market/chain-process.ts", "0", String(accountCount)],
    ],
    environment: { PATH: process.env.PATH ?? "", NODE_NO_WARNINGS: "1" },
    folder: root,
  });
  const { rpcUrl, chainId } = (await child.waitFor("ready", START_MS)) as {
    rpcUrl: string;
    chainId: number;
  };
  return { rpcUrl, chainId, stop: () => child.stop() };
}
