import type { Page } from "playwright-core";

/** How a test's wallet behaves; change it in the page through `window.testWallet`. */
export interface TestWalletState {
  account: string;
  /** Hexadecimal; the network the wallet says it is on. */
  chainId: string;
  /** Methods that its user declines. */
  declines: string[];
  /** Methods it was asked, in order. */
  asked: string[];
}

/** Puts a wallet into the page that announces itself by EIP-6963, and signs with an account whose key the chain's node has. */
export async function addTestWallet(
  page: Page,
  options: { rpcUrl: string; account: string; chainId: string },
): Promise<void> {
  await page.addInitScript(({ rpcUrl, account, chainId }) => {
    const state = { account, chainId, declines: [] as string[], asked: [] as string[] };
    const listeners = new Map<string, ((value: unknown) => void)[]>();
    const provider = {
      on: (event: string, listener: (value: unknown) => void) =>
        listeners.set(event, [...(listeners.get(event) ?? []), listener]),
      removeListener: (event: string, listener: (value: unknown) => void) =>
        listeners.set(
          event,
          (listeners.get(event) ?? []).filter((each) => each !== listener),
        ),
      async request({ method, params = [] }: { method: string; params?: unknown[] }) {
        state.asked.push(method);
        if (state.declines.includes(method)) {
          throw Object.assign(new Error("User rejected the request."), { code: 4001 });
        }
        if (method === "eth_requestAccounts" || method === "eth_accounts") return [state.account];
        if (method === "eth_chainId") return state.chainId;
        if (method === "wallet_switchEthereumChain") {
          state.chainId = (params[0] as { chainId: string }).chainId;
          for (const listener of listeners.get("chainChanged") ?? []) listener(state.chainId);
          return null;
        }
        const response = await fetch(rpcUrl, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        });
        const answer = (await response.json()) as { result?: unknown; error?: object };
        if (answer.error) throw answer.error;
        return answer.result;
      },
    };
    const detail = Object.freeze({
      info: { uuid: "test-wallet", name: "Test wallet", rdns: "test.wallet", icon: "data:," },
      provider,
    });
    const announce = () =>
      window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    window.addEventListener("eip6963:requestProvider", announce);
    Object.assign(window, { testWallet: state });
    announce();
  }, options);
}
