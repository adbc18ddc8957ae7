import { join } from "node:path";
import { type Chain, connectChain } from "../adapters/chain/connect.ts";
import { chainErrors, isChainUnreachable } from "../adapters/chain/errors.ts";
import { defaultFeePolicy } from "../adapters/chain/fee-policy.ts";
import {
  readParticipant,
  registerParticipant,
  setEndpoint,
} from "../adapters/chain/participant.ts";
import type { TransactionEvent } from "../adapters/chain/transaction-sender.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { pause } from "../protocol/pause.ts";
import { openOrBegin } from "./sound-database.ts";
import { openTransactionStore, type TransactionStore } from "./transaction-store.ts";

const RETRY_MS = 1000;

/**
 * Repeats what needs the chain until the chain is there: a restart must not depend on whose turn it is to be down.
 *
 * @param onFailure Told of each other failure once.
 */
export async function untilChainAnswers<T>(
  work: () => Promise<T>,
  {
    signal,
    onFailure,
  }: { signal: AbortSignal; onFailure: (code: string, message: string) => void },
): Promise<T> {
  for (let lastMessage = ""; ; ) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !(isChainUnreachable(error) || isTakenBack(error))) throw error;
      const message = String(error);
      if (message !== lastMessage) onFailure(chainErrors.unreachable.code, message);
      lastMessage = message;
      await pause(RETRY_MS, signal);
    }
  }
}

/** A transaction that did not come to be says nothing against sending it again. */
const isTakenBack = (error: unknown) =>
  error instanceof CommonweightError && error.code === chainErrors.displaced.code;

/** Connects the account with what it has under way on disk. @throws as {@link connectChain}, and CW2700 */
export async function connectAccount(options: {
  readonly connection: Pick<
    Parameters<typeof connectChain>[0],
    "rpcUrl" | "addresses" | "privateKey"
  >;
  readonly chainId: number | undefined;
  readonly stateFolder: string;
  readonly maxFeePerGasWei: bigint | undefined;
  readonly onTransaction: (event: TransactionEvent) => void;
  readonly onSetAside: (aside: string, cause: unknown) => void;
}): Promise<{ chain: Chain; transactionStore: TransactionStore }> {
  const { connection, chainId, stateFolder, maxFeePerGasWei, onTransaction, onSetAside } = options;
  const opened: TransactionStore[] = [];
  const chain = await connectChain({
    ...connection,
    journalFor: (scope) => {
      const store = openOrBegin(
        join(stateFolder, "transactions.sqlite"),
        (path) => openTransactionStore(path, scope),
        onSetAside,
      );
      opened.push(store);
      return store;
    },
    feePolicy: { ...defaultFeePolicy, ...(maxFeePerGasWei ? { maxFeePerGasWei } : {}) },
    onTransaction,
    ...(chainId === undefined ? {} : { chainId }),
  });
  return { chain, transactionStore: opened[0] as TransactionStore };
}

/** Makes the chain say where this account serves and what bundles are sealed to. */
export async function registerAccount(
  chain: Chain,
  own: { encryptionKey: string; payoutAddress: string | undefined; endpoint: string },
): Promise<void> {
  const account = chain.account as string;
  const { endpoint, payoutAddress = account } = own;
  const registered = await readParticipant(chain, account);
  if (registered.registeredAt === 0) {
    await registerParticipant(chain, { ...own, payoutAddress });
  } else if (registered.endpoint !== endpoint) await setEndpoint(chain, endpoint);
}
