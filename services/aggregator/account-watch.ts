import type { Chain } from "../adapters/chain/connect.ts";
import { readNetworkFees } from "../adapters/chain/transactions/network-fees.ts";
import type { TransactionEvent } from "../adapters/chain/transactions/transaction-sender.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { type Alerts, balanceAlert, gasReserveWei } from "./alerts.ts";
import { aggregatorErrors } from "./errors.ts";

async function readMeans(chain: Chain): Promise<{ balanceWei: bigint; feePerGasWei: bigint }> {
  const [balanceWei, { baseFeeWei, priorityFeeWei }] = await Promise.all([
    chain.provider.getBalance(chain.account as string),
    readNetworkFees(chain.provider),
  ]);
  return { balanceWei, feePerGasWei: (baseFeeWei ?? 0n) + priorityFeeWei };
}

/** Looks whether the account can pay for the rounds to come, at what gas costs now. */
export async function watchBalance(chain: Chain, alerts: Alerts): Promise<void> {
  const { balanceWei, feePerGasWei } = await readMeans(chain);
  alerts.set("low-balance", chain.account as string, balanceAlert(balanceWei, feePerGasWei));
}

/** What of the account's coins no bond may take, at what gas costs now. */
export async function readGasReserve(chain: Chain): Promise<bigint> {
  return gasReserveWei((await readMeans(chain)).feePerGasWei);
}

/** The account's balance in words. @throws CW5011 when it is too low for the rounds to come. */
export async function describeBalance(chain: Chain): Promise<string> {
  const { balanceWei, feePerGasWei } = await readMeans(chain);
  const message = balanceAlert(balanceWei, feePerGasWei);
  if (message !== undefined) throw new CommonweightError(aggregatorErrors.balanceLow, message);
  return `${balanceWei} wei, at ${feePerGasWei} wei a unit of gas`;
}

/** A transaction that does not get into a block for its fee is its operator's to know of, until it has ended. */
export function watchTransaction(event: TransactionEvent, alerts: Alerts): void {
  const message =
    event.type === "transaction-stuck"
      ? `${event.purpose} (nonce ${event.nonce}) waits for a block and may not offer more: raise --max-fee-gwei`
      : undefined;
  if (event.type !== "transaction-replaced") alerts.set("transaction", event.purpose, message);
}
