import { useSyncExternalStore } from "react";

/** How a page asks a wallet (EIP-1193). */
export interface WalletProvider {
  request(call: { method: string; params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): void;
  removeListener?(event: string, listener: (value: unknown) => void): void;
}

/** A wallet that announced itself to the page (EIP-6963). */
export interface InjectedWallet {
  readonly uuid: string;
  readonly name: string;
  /** Reverse domain name of its maker. */
  readonly rdns: string;
  readonly provider: WalletProvider;
}

let wallets: readonly InjectedWallet[] = [];

function listen(onChange: () => void): () => void {
  const hear = (event: Event) => {
    const detail = (event as CustomEvent<{ info?: Partial<InjectedWallet>; provider?: unknown }>)
      .detail;
    const { uuid, name, rdns = "" } = detail?.info ?? {};
    const provider = detail?.provider as WalletProvider | undefined;
    // Any script of any extension may dispatch this event: what is no wallet is passed over.
    if (typeof uuid !== "string" || typeof name !== "string") return;
    if (typeof provider?.request !== "function") return;
    if (wallets.some((known) => known.uuid === uuid)) return;
    wallets = [...wallets, { uuid, name: name.slice(0, 60), rdns, provider }];
    onChange();
  };
  window.addEventListener("eip6963:announceProvider", hear);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  return () => window.removeEventListener("eip6963:announceProvider", hear);
}

/** Wallets of this browser, as they announce themselves. */
export function useInjectedWallets(): readonly InjectedWallet[] {
  return useSyncExternalStore(listen, () => wallets);
}
