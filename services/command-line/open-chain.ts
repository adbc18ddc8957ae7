import { type Chain, connectChain } from "../adapters/chain/connect.ts";
import type { Invocation } from "./command-context.ts";
import { connectToMarket } from "./market-connection.ts";

/**
 * Connects a short command to the selected network's market, and closes the connection afterwards.
 *
 * @param options.privateKey Signs transactions; leave out to read only.
 */
export async function withChain<T>(
  invocation: Invocation,
  body: (chain: Chain) => Promise<T>,
  options: { privateKey?: string } = {},
): Promise<T> {
  const { chainId, ...rest } = await connectToMarket(invocation);
  const chain = await connectChain({
    ...rest,
    ...options,
    ...(chainId === undefined ? {} : { chainId }),
  });
  try {
    return await body(chain);
  } finally {
    chain.close();
  }
}
