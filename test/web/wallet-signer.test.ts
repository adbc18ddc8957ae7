import { Contract, type Provider } from "ethers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Chain, SentByWallet, send } from "../../services/adapters/chain/connect.ts";
import { WalletSigner } from "../../web/wallet/wallet-signer.ts";

const ACCOUNT = `0x${"ab".repeat(20)}`;
const MARKET = `0x${"cd".repeat(20)}`;
const HASH = `0x${"12".repeat(32)}`;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends a call with a wallet that sends what it is asked, and a node of the page that answers as told. */
function sendCall(getTransaction: () => Promise<unknown>) {
  const asked: string[] = [];
  const wallet = {
    request: async ({ method }: { method: string }) => {
      asked.push(method);
      return method === "eth_chainId" ? "0x1" : HASH;
    },
  };
  const provider = {
    estimateGas: async () => 50_000n,
    resolveName: async (name: string) => name,
    getTransaction,
  };
  const signer = new WalletSigner({
    ...{ wallet: wallet as never, address: ACCOUNT, chainId: 1n },
    provider: provider as unknown as Provider,
  });
  const market = new Contract(MARKET, ["function announceStop(uint256)"], signer);
  const told: string[] = [];
  const sending = send(
    { signer, transactions: undefined } as unknown as Chain,
    market,
    "announceStop",
    [1n],
    {
      onSent: (hash) => told.push(hash),
    },
  ).catch((error: unknown) => error);
  return { asked, told, sending };
}

it.each([
  ["has not seen it", async () => null],
  ["does not answer", () => Promise.reject(new Error("no connection"))],
])(
  "a transaction is told as sent as soon as the wallet says so, though the page's node %s",
  async (_, node) => {
    const { asked, told, sending } = sendCall(node);

    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual([HASH]);
    await vi.advanceTimersByTimeAsync(60_000);

    expect(await sending).toMatchObject({ code: "CW7014", details: { hash: HASH } });
    expect(told).toEqual([HASH]);
    expect(asked.filter((method) => method === "eth_sendTransaction")).toHaveLength(1);
  },
);

it("what a node tells again is not passed on", () => {
  const told: string[] = [];
  const sent = new SentByWallet((hash) => told.push(hash));

  sent.tell(HASH);
  sent.tell(HASH);

  expect(told).toEqual([HASH]);
});
