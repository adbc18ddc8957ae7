import { z } from "zod";

const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "expected a 20-byte address, 0x and 40 hexadecimal digits");

/** How a network stands in the configuration. */
export const networkSchema = z.strictObject({
  /** JSON-RPC endpoint; `http`, `https`, `ws` or `wss`. */
  rpcUrl: z.url({ protocol: /^(https?|wss?)$/ }),
  /** Other nodes of the chain, which have to say the same as the first: see `--compare-rpc`. */
  compareRpcUrls: z.array(z.url({ protocol: /^https?$/ })).optional(),
  /** Refuses to talk to another chain than this one. */
  chainId: z.int().positive().optional(),
  /** The entry contract; the other addresses are read from it. */
  market: addressSchema.optional(),
  /** The wrapper for the native coin that was deployed with the market; only `owner post --native` needs it. */
  wrappedNative: addressSchema.optional(),
  /** Block of the market's deployment: searches of its history start here. */
  deployBlock: z.int().nonnegative().optional(),
});

/** One chain and the market on it. */
export type NetworkConfig = z.infer<typeof networkSchema>;
