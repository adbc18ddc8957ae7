import { fileURLToPath } from "node:url";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";

/** The mnemonic of Hardhat's well-known development accounts: everybody has these keys. */
export const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

/** An Ethereum development chain that listens on loopback. */
export interface EmbeddedChain {
  readonly rpcUrl: string;
  readonly chainId: number;
  stop(): Promise<void>;
}

/**
 * Starts Hardhat's simulated chain behind a JSON-RPC server on 127.0.0.1.
 *
 * A block is mined for every transaction and once a second besides, so that deadlines pass
 * on their own as they do on a public chain.
 *
 * @param options.port TCP port; 0 or absent picks a free one.
 * @param options.accountCount How many funded development accounts there are.
 */
export async function startEmbeddedChain(
  options: { port?: number; chainId?: number; accountCount?: number; blockTimeMs?: number } = {},
): Promise<EmbeddedChain> {
  const { port = 0, chainId = 31337, accountCount = 64, blockTimeMs = 1000 } = options;
  const runtime = await createHardhatRuntimeEnvironment(
    {
      networks: {
        embedded: {
          type: "edr-simulated",
          chainType: "l1",
          chainId,
          blockGasLimit: 60_000_000n,
          accounts: { mnemonic: DEVELOPMENT_MNEMONIC, count: accountCount },
          mining: { auto: true, interval: blockTimeMs },
        },
      },
    },
    {},
    fileURLToPath(new URL("../..", import.meta.url)),
  );
  const server = await runtime.network.createServer("embedded", "127.0.0.1", port);
  const { address, port: boundPort } = await server.listen();
  return {
    rpcUrl: `http://${address}:${boundPort}`,
    chainId,
    stop: () => server.close(),
  };
}
