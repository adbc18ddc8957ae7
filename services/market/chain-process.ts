/** The process of the market's chain. Arguments: port, number of accounts, `hardhat` or `anvil`, and for anvil the file that keeps the chain. */
import { findAnvil, startAnvilChain } from "../adapters/anvil-chain.ts";
import { processEnvironment } from "../adapters/config/config.ts";
import { type EmbeddedChain, startEmbeddedChain } from "../adapters/embedded-chain.ts";

const [port = "0", accounts = "64", node = "hardhat", statePath = ""] = process.argv.slice(2);

async function start(): Promise<EmbeddedChain> {
  const options = { port: Number(port), accountCount: Number(accounts) };
  if (node === "hardhat") return startEmbeddedChain(options);
  const program = findAnvil(processEnvironment().PATH);
  if (program === undefined) throw new RangeError("anvil is not installed");
  return startAnvilChain({ ...options, program, statePath });
}

const chain = await start();
process.stdout.write(`${JSON.stringify({ type: "ready", ...chain })}\n`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    await chain.stop();
    process.exit(0);
  });
}
