import { join } from "node:path";
import { type Chain, connectChain } from "../adapters/chain/connect.ts";
import {
  readParticipant,
  registerParticipant,
  setEndpoint,
} from "../adapters/chain/projects/participant.ts";
import { defaultFeePolicy } from "../adapters/chain/transactions/fee-policy.ts";
import type { TransactionEvent } from "../adapters/chain/transactions/transaction-sender.ts";
import { openOrBegin } from "./store/sound-database.ts";
import { openTransactionStore, type TransactionStore } from "./store/transaction-store.ts";

/** Connects the account with what it has under way on disk. @throws as {@link connectChain}, and CW2700 */
export async function connectAccount(options: {
  readonly connection: Pick<
    Parameters<typeof connectChain>[0],
    "rpcUrl" | "compareUrls" | "addresses" | "privateKey"
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
