import type { Chain } from "./connect.ts";
import { toChainError } from "./errors.ts";

/**
 * The hash of a chain's first block. Two development chains may share number and addresses, because whoever deploys first gets the
 * same ones; their first blocks differ.
 *
 * @returns undefined when the node does not have that block.
 * @throws CW2200 when the node does not answer.
 */
export async function genesisHash({
  provider,
}: {
  readonly provider: Pick<Chain["provider"], "send">;
}): Promise<string | undefined> {
  const block: unknown = await provider
    .send("eth_getBlockByNumber", ["0x0", false])
    .catch((cause: unknown) => {
      throw toChainError(cause, "reading the first block");
    });
  const hash = (block as { hash?: unknown } | null)?.hash;
  return typeof hash === "string" && /^0x[0-9a-f]{64}$/i.test(hash)
    ? hash.toLowerCase()
    : undefined;
}
