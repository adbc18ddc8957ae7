/** The process of the embedded chain; see `embedded-chain.ts`. Arguments: port, number of accounts. */
import { startEmbeddedChain } from "../adapters/embedded-chain.ts";

const [port = "0", accountCount = "64"] = process.argv.slice(2);
const chain = await startEmbeddedChain({ port: Number(port), accountCount: Number(accountCount) });
process.stdout.write(`${JSON.stringify({ type: "ready", ...chain })}\n`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    await chain.stop();
    process.exit(0);
  });
}
