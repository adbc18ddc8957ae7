import { CommonweightError } from "../../../protocol/errors.ts";
import { chainErrors } from "../errors.ts";

/** How much a program may pay for a transaction, and how patient it is. */
export interface FeePolicy {
  /** Never more than this for a unit of gas, whatever the network asks. */
  readonly maxFeePerGasWei: bigint;
  /** A transaction that is not mined after this long is replaced by one that pays more. */
  readonly replaceAfterMs: number;
}

/** At most 300 gwei for a unit of gas, and a minute of patience. */
export const defaultFeePolicy: FeePolicy = {
  maxFeePerGasWei: 300n * 10n ** 9n,
  replaceAfterMs: 60_000,
};

/** What the network asks now; `baseFeeWei` is null on chains without EIP-1559. */
export interface NetworkFees {
  readonly baseFeeWei: bigint | null;
  readonly priorityFeeWei: bigint;
}

/** What one transaction offers. */
export interface OfferedFees {
  readonly maxFeePerGasWei: bigint;
  readonly maxPriorityFeePerGasWei: bigint;
}

/** Nodes take a replacement that pays a tenth more; an eighth leaves room for their rounding. */
const bumped = (feeWei: bigint) => feeWei + feeWei / 8n + 1n;
const smaller = (one: bigint, other: bigint) => (one < other ? one : other);
const larger = (one: bigint, other: bigint) => (one > other ? one : other);

/**
 * Fees of a first attempt: twice the base fee, which lasts six full blocks in a row, and never above the cap.
 *
 * @throws CW2208 when the cap is below what the network takes at all.
 */
export function firstFees(network: NetworkFees, policy: FeePolicy): OfferedFees {
  const baseFeeWei = network.baseFeeWei ?? 0n;
  const cap = policy.maxFeePerGasWei;
  if (baseFeeWei > cap || (network.baseFeeWei === null && network.priorityFeeWei > cap)) {
    throw new CommonweightError(
      chainErrors.feeCap,
      `the network asks ${larger(baseFeeWei, network.priorityFeeWei)} wei a unit of gas, the cap is ${cap}`,
    );
  }
  const maxFeePerGasWei = smaller(2n * baseFeeWei + network.priorityFeeWei, cap);
  return {
    maxFeePerGasWei,
    maxPriorityFeePerGasWei: smaller(network.priorityFeeWei, maxFeePerGasWei),
  };
}

/** Fees of a replacement, or undefined when the cap leaves no room for one that nodes would take. */
export function replacementFees(
  last: OfferedFees,
  network: NetworkFees,
  policy: FeePolicy,
): OfferedFees | undefined {
  const wanted = 2n * (network.baseFeeWei ?? 0n) + network.priorityFeeWei;
  const least = bumped(last.maxFeePerGasWei);
  const leastPriority = bumped(last.maxPriorityFeePerGasWei);
  if (least > policy.maxFeePerGasWei || leastPriority > policy.maxFeePerGasWei) return undefined;
  const maxFeePerGasWei = smaller(larger(wanted, least), policy.maxFeePerGasWei);
  return {
    maxFeePerGasWei,
    maxPriorityFeePerGasWei: smaller(
      larger(network.priorityFeeWei, leastPriority),
      maxFeePerGasWei,
    ),
  };
}
