import type { AtBlock } from "../../adapters/chain/at-block.ts";
import type { Chain } from "../../adapters/chain/connect.ts";
import { readMarketCode } from "../../adapters/chain/contract-code.ts";
import type { AuditCheck } from "../audit-check.ts";

/**
 * Whether the market runs the published code. All that the contract is said to enforce, in later rounds and in other projects too, rests
 * on it: events and proofs that are in order could also come from a contract with a back door.
 *
 * @throws CW2200 when the chain is away.
 */
export async function checkContracts(
  chain: Pick<Chain, "provider" | "addresses">,
  at: AtBlock = {},
): Promise<AuditCheck> {
  const { compared, problem } = await readMarketCode(chain, at);
  return {
    name: "contracts",
    isPassed: problem === undefined,
    detail:
      problem ??
      `${compared} contracts and libraries have this release’s code, and belong to each other`,
  };
}
