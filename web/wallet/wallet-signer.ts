import {
  AbstractSigner,
  getAddress,
  type JsonRpcProvider,
  type Provider,
  type TransactionRequest,
  type TransactionResponse,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
  toQuantity,
} from "ethers";
import { SentByWallet } from "../../services/adapters/chain/connect.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { webErrors } from "../errors.ts";
import type { WalletProvider } from "./injected-wallets.ts";
import { toWalletError } from "./wallet-errors.ts";

/** How long the page's own node may take to hear of a transaction that the wallet has sent. */
const SEEN_WITHIN_MS = 60_000;

/**
 * Signs and sends with a wallet, and reads with the page's own node: a receipt counts when that node has it, whatever the wallet says.
 * Before each request it looks whether the wallet is still on the market's network.
 */
export class WalletSigner extends AbstractSigner {
  readonly #wallet: WalletProvider;
  readonly #address: string;
  readonly #chainId: bigint;

  constructor(options: {
    wallet: WalletProvider;
    address: string;
    chainId: bigint;
    provider: Provider;
  }) {
    super(options.provider);
    this.#wallet = options.wallet;
    this.#address = getAddress(options.address);
    this.#chainId = options.chainId;
  }

  override async getAddress(): Promise<string> {
    return this.#address;
  }

  override connect(provider: Provider | null): WalletSigner {
    return new WalletSigner({
      ...{ wallet: this.#wallet, address: this.#address, chainId: this.#chainId },
      provider: provider as JsonRpcProvider,
    });
  }

  override async signTransaction(): Promise<string> {
    throw new CommonweightError(webErrors.walletFailed, "wallets sign only what they send");
  }

  override async signMessage(message: string | Uint8Array): Promise<string> {
    return this.#ask("personal_sign", [message, this.#address]);
  }

  override async signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    const payload = TypedDataEncoder.getPayload(domain, types, value);
    const text = JSON.stringify(payload, (_, each) =>
      typeof each === "bigint" ? each.toString() : each,
    );
    return this.#ask("eth_signTypedData_v4", [this.#address, text]);
  }

  override async sendTransaction(transaction: TransactionRequest): Promise<TransactionResponse> {
    const { to, data, value, gasLimit } = await this.populateCall(transaction);
    const hash = await this.#ask("eth_sendTransaction", [
      {
        ...{ from: this.#address, to, data },
        ...(value ? { value: toQuantity(value) } : {}),
        ...(gasLimit ? { gas: toQuantity(gasLimit) } : {}),
      },
    ]);
    // From here on it is sent, whatever the page's node answers: posted once more it would cost a second escrow.
    if (transaction.customData instanceof SentByWallet) transaction.customData.tell(hash);
    const endsAt = Date.now() + SEEN_WITHIN_MS;
    for (;;) {
      const response = await this.provider?.getTransaction(hash).catch(() => null);
      if (response) return response;
      if (Date.now() >= endsAt) {
        throw new CommonweightError(webErrors.notSeenYet, hash, { details: { hash } });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async #ask(method: string, params: readonly unknown[]): Promise<string> {
    await requireNetwork(this.#wallet, this.#chainId);
    try {
      return (await this.#wallet.request({ method, params })) as string;
    } catch (cause) {
      throw toWalletError(cause, method);
    }
  }
}

/** @throws CW7011 with both numbers when the wallet is on another network. */
export async function requireNetwork(wallet: WalletProvider, chainId: bigint): Promise<void> {
  const found = await walletChainId(wallet);
  if (found === chainId) return;
  throw new CommonweightError(
    webErrors.walletWrongNetwork,
    `The wallet is on chain ${found}, the market on chain ${chainId}`,
    { details: { found, wanted: chainId } },
  );
}

/** The chain that a wallet is on. @throws CW7012 */
export async function walletChainId(wallet: WalletProvider): Promise<bigint> {
  try {
    return BigInt((await wallet.request({ method: "eth_chainId" })) as string);
  } catch (cause) {
    throw toWalletError(cause, "eth_chainId");
  }
}

/** Asks the wallet for its accounts; it shows its own question. @throws CW7010, CW7012 */
export async function requestAccounts(wallet: WalletProvider): Promise<readonly string[]> {
  try {
    const accounts = (await wallet.request({ method: "eth_requestAccounts" })) as string[];
    return accounts.map((account) => getAddress(account));
  } catch (cause) {
    throw toWalletError(cause, "eth_requestAccounts");
  }
}

/** Asks the wallet to switch to a chain it knows. @throws CW7010, CW7012, CW7013 */
export async function switchNetwork(wallet: WalletProvider, chainId: bigint): Promise<void> {
  try {
    await wallet.request({
      method: "wallet_switchEthereumChain",
      params: [{ chainId: toQuantity(chainId) }],
    });
  } catch (cause) {
    throw toWalletError(cause, "wallet_switchEthereumChain");
  }
}
