import { isError, type JsonRpcProvider, keccak256, type Wallet } from "ethers";
import { isAlreadyThere } from "../rpc/any-node.ts";
import type { OfferedFees } from "./fee-policy.ts";
import {
  type JournalEntry,
  newestAttempt,
  type TransactionAttempt,
} from "./transaction-journal.ts";

/** Signs an account's transactions and hands them to the node; decides nothing about them. */
export interface TransactionAttempts {
  /** @param isLegacy For chains without EIP-1559: one price for all gas. */
  sign(
    entry: Omit<JournalEntry, "attempts" | "id" | "purpose">,
    fees: OfferedFees,
    isLegacy: boolean,
  ): Promise<TransactionAttempt>;
  /**
   * Hands a signed transaction to the node. What the node says about it is not the last word: the receipt is.
   *
   * @returns What the node had against it, or undefined.
   */
  broadcast(attempt: TransactionAttempt): Promise<unknown>;
  /** The node answered, in its own words, that it does not take the transaction, and indeed it does not have it. */
  isRefused(entry: JournalEntry, refusal: unknown): Promise<boolean>;
}

/** @param options.wallet Connected to `provider`. */
export function createTransactionAttempts(options: {
  readonly provider: JsonRpcProvider;
  readonly wallet: Wallet;
  readonly chainId: bigint;
}): TransactionAttempts {
  const { provider, wallet } = options;
  return {
    sign: async (entry, fees, isLegacy) => {
      const raw = await wallet.signTransaction({
        chainId: options.chainId,
        nonce: entry.nonce,
        to: entry.to,
        data: entry.data,
        value: entry.valueWei,
        gasLimit: entry.gasLimit,
        ...(isLegacy
          ? { type: 0, gasPrice: fees.maxFeePerGasWei }
          : {
              type: 2,
              maxFeePerGas: fees.maxFeePerGasWei,
              maxPriorityFeePerGas: fees.maxPriorityFeePerGasWei,
            }),
      });
      return { hash: keccak256(raw), raw, ...fees };
    },
    broadcast: async ({ raw }) => {
      try {
        await provider.send("eth_sendRawTransaction", [raw]);
        return undefined;
      } catch (error) {
        if (isAlreadyThere(error instanceof Error ? error.message : "")) return undefined;
        return error;
      }
    },
    isRefused: async (entry, refusal) => {
      const isAnswer =
        isError(refusal, "INSUFFICIENT_FUNDS") ||
        isError(refusal, "NONCE_EXPIRED") ||
        (isError(refusal, "UNKNOWN_ERROR") && "error" in refusal);
      if (!isAnswer) return false;
      const seen = await provider.getTransaction(newestAttempt(entry).hash).catch(() => undefined);
      return seen === null;
    },
  };
}
