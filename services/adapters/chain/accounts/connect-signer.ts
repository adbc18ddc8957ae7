import { JsonRpcProvider, NonceManager, type Signer } from "ethers";
import { openWallet } from "./open-wallet.ts";

/** A signer on a chain on which there is no market yet, for its deployment. */
export function connectSigner(
  rpcUrl: string,
  chainId: number,
  privateKey: string,
): { signer: Signer; close: () => void } {
  const provider = new JsonRpcProvider(rpcUrl, chainId, {
    staticNetwork: true,
    pollingInterval: 200,
    cacheTimeout: -1,
  });
  const signer = new NonceManager(openWallet(privateKey).connect(provider));
  return { signer, close: () => provider.destroy() };
}
