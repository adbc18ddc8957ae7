import { z } from "zod";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "expected an address");

/** Where a market's contracts are; what `deploy` writes and every other command reads. */
const marketAddressesSchema = z.object({
  market: address,
  vault: address,
  registry: address,
  verifier: address,
  /** The wrapper for the native coin that was deployed with the market. */
  wrappedNative: address,
  /** Block of the deployment: nothing of the market is older, so searches start here. */
  deployBlock: z.int().nonnegative(),
});

export type MarketAddresses = z.infer<typeof marketAddressesSchema>;
