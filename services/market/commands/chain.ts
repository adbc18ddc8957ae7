import type { RegisterCommand } from "../../command-line/command-context.ts";
import { parsePort } from "../../command-line/parse-port.ts";
import { untilAborted } from "../../command-line/until-aborted.ts";

/** Adds `commonweight chain`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("chain")
    .description("run a development chain on this machine, without a market, until stopped")
    .option("--port <number>", "port to listen on; 0 picks one", parsePort, 8545)
    .addHelpText(
      "after",
      "\nA block a second, chain 31337, and everything is forgotten when it stops. `faucet` gives coins, `deploy` makes a market.\n\nExample:\n  commonweight chain",
    )
    .action(
      context.action(async ({ options, terminal, signal, isJson, progress }) => {
        const { startEmbeddedChain } = await import("../../adapters/embedded-chain.ts");
        const { requireFreePort } = await import("../preflight.ts");
        const { toJson } = await import("../../command-line/json.ts");
        progress("starting");
        const port = options.port as number;
        // The chain's server does not say it in a way that can be caught.
        await requireFreePort(port);
        const chain = await startEmbeddedChain({ port });
        const { rpcUrl, chainId } = chain;
        terminal.writeResult(
          isJson
            ? toJson({ type: "ready", rpcUrl, chainId })
            : `chain ${chainId} at ${rpcUrl}, a block a second; Ctrl+C stops it, and it forgets everything`,
        );
        await untilAborted(signal);
        await chain.stop();
        return { data: { type: "stopped", rpcUrl, chainId }, text: "stopped" };
      }),
    );
};
