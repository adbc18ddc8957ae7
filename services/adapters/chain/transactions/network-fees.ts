import type { JsonRpcProvider } from "ethers";
import type { NetworkFees } from "./fee-policy.ts";

/** What the network asks for gas now. */
export async function readNetworkFees(provider: JsonRpcProvider): Promise<NetworkFees> {
  const [block, fees] = await Promise.all([provider.getBlock("latest"), provider.getFeeData()]);
  const baseFeeWei = block?.baseFeePerGas ?? null;
  const priorityFeeWei =
    baseFeeWei === null ? (fees.gasPrice ?? 0n) : (fees.maxPriorityFeePerGas ?? 10n ** 9n);
  return { baseFeeWei, priorityFeeWei };
}
