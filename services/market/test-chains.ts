import { CommonweightError } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";

/** Chains of one machine, whose accounts everybody may know. */
export const LOCAL_CHAINS: readonly bigint[] = [31_337n, 1337n];
/** Public networks for trying out: Sepolia, Holesky, Hoodi, and those of the larger second layers. */
const TEST_CHAINS: readonly bigint[] = [
  ...[11_155_111n, 17_000n, 560_048n, 84_532n, 421_614n, 11_155_420n, 80_002n],
  ...[97n, 10_200n, 43_113n, 59_141n, 534_351n, 300n],
];
/** Networks whose coins are money. */
const REAL_CHAINS: readonly bigint[] = [
  ...[
    1n,
    10n,
    14n,
    25n,
    30n,
    56n,
    61n,
    100n,
    130n,
    137n,
    146n,
    250n,
    252n,
    288n,
    324n,
    480n,
    1088n,
  ],
  ...[1101n, 1284n, 2222n, 5000n, 8217n, 8453n, 34_443n, 42_161n, 42_170n, 42_220n, 43_114n],
  ...[57_073n, 59_144n, 80_094n, 81_457n, 167_000n, 534_352n, 7_777_777n],
];

function refuse(chainId: bigint, message: string): never {
  const details = { chainId: chainId.toString() };
  throw new CommonweightError(marketErrors.nodeRefused, message, { details });
}

/**
 * Refuses chains that are known to be of real money: a market under development keys would give it away.
 *
 * @throws CW6009
 */
export function refuseRealChain(chainId: bigint): void {
  if (!REAL_CHAINS.includes(chainId)) return;
  refuse(
    chainId,
    `chain ${chainId} is one whose coins are money, and this market runs under development keys: anybody could forge a proof and take the escrow`,
  );
}

/**
 * Refuses chains on which a market under development keys would give money away: whoever knows the public secret can prove what it
 * likes. A chain that is not known here is run on when its number was said.
 *
 * @throws CW6009
 */
export function requireTestChain(chainId: bigint, said: bigint | undefined): void {
  if (said !== undefined && said !== chainId) {
    refuse(chainId, `the node is of chain ${chainId}, and --chain-id says ${said}`);
  }
  refuseRealChain(chainId);
  if (LOCAL_CHAINS.includes(chainId) || TEST_CHAINS.includes(chainId) || said === chainId) return;
  refuse(
    chainId,
    `chain ${chainId} is not known to be for trying out; if its coins are worth nothing, say so with --chain-id ${chainId}`,
  );
}
