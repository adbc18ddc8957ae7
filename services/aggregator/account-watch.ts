import type { Chain } from "../adapters/chain/connect.ts";
import { readNetworkFees } from "../adapters/chain/network-fees.ts";
import type { TransactionEvent } from "../adapters/chain/transaction-sender.ts";
import { type Alerts, balanceAlert } from "./alerts.ts";

/** Looks whether the account can pay for the rounds to come, at what gas costs now. */
export async function watchBalance(chain: Chain, alerts: Alerts): Promise<void> {
  const account = chain.account as string;
  const [balanceWei, { baseFeeWei, priorityFeeWei }] = await Promise.all([
    chain.provider.getBalance(account),
    readNetworkFees(chain.provider),
  ]);
  const feePerGasWei = (baseFeeWei ?? 0n) + priorityFeeWei;
  alerts.set("low-balance", account, balanceAlert(balanceWei, feePerGasWei));
}

/** A transaction that does not get into a block for its fee is its operator's to know of, until it has ended. */
export function watchTransaction(event: TransactionEvent, alerts: Alerts): void {
  const message =
    event.type === "transaction-stuck"
      ? `${event.purpose} (nonce ${event.nonce}) waits for a block and may not offer more: raise --max-fee-gwei`
      : undefined;
  if (event.type !== "transaction-replaced") alerts.set("transaction", event.purpose, message);
}
