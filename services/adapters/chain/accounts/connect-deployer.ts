import { FetchRequest, JsonRpcProvider, type Signer } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import { chainErrors, toChainError } from "../errors.ts";
import { openWallet } from "./open-wallet.ts";

/** A key on a chain that has no market yet. */
export interface Deployer {
  readonly chainId: bigint;
  readonly signer: Signer;
  close(): void;
}

/**
 * Connects a key to a node, to deploy a market.
 *
 * @param options.chainId When given, the node must be of this chain.
 * @throws CW2200 when the node does not answer, CW2205 when it is of another chain.
 */
export async function connectDeployer(options: {
  rpcUrl: string;
  privateKey: string;
  chainId?: bigint;
  timeoutMs?: number;
}): Promise<Deployer> {
  const request = new FetchRequest(options.rpcUrl);
  request.timeout = options.timeoutMs ?? 15_000;
  const provider = new JsonRpcProvider(request, undefined, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 500,
  });
  try {
    const { chainId } = await provider.getNetwork();
    if (options.chainId !== undefined && options.chainId !== chainId) {
      throw new CommonweightError(
        chainErrors.wrongNetwork,
        `expected chain ${options.chainId}, but ${options.rpcUrl} is of chain ${chainId}`,
      );
    }
    return {
      chainId,
      signer: openWallet(options.privateKey).connect(provider),
      close: () => provider.destroy(),
    };
  } catch (cause) {
    provider.destroy();
    throw toChainError(cause, `connecting to ${options.rpcUrl}`);
  }
}
