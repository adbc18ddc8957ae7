import { Alert, Button, Card, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import type { CommonweightError } from "../../services/protocol/errors.ts";
import { webErrors } from "../errors.ts";
import { Failure } from "../loaded-view.tsx";
import { type InjectedWallet, useInjectedWallets } from "../wallet/injected-wallets.ts";
import { toWalletError } from "../wallet/wallet-errors.ts";
import { requestAccounts, switchNetwork, walletChainId } from "../wallet/wallet-signer.ts";

/** A wallet that let the page see an account. */
export interface ConnectedWallet {
  readonly wallet: InjectedWallet;
  readonly account: string;
  readonly chainId: bigint;
}

/** Keeps a wallet's account and network current: both can change in the wallet at any time. */
export function useWallet() {
  const [connected, setConnected] = useState<ConnectedWallet | null>(null);
  const [error, setError] = useState<CommonweightError | null>(null);
  const connect = useCallback(async (wallet: InjectedWallet) => {
    setError(null);
    try {
      const [account] = await requestAccounts(wallet.provider);
      if (account === undefined) throw toWalletError({ code: 4001 }, "eth_requestAccounts");
      setConnected({ wallet, account, chainId: await walletChainId(wallet.provider) });
    } catch (cause) {
      setError(toWalletError(cause, "connecting"));
    }
  }, []);
  const change = useCallback(
    async (chainId: bigint) => {
      if (connected === null) return;
      setError(null);
      try {
        await switchNetwork(connected.wallet.provider, chainId);
        setConnected({ ...connected, chainId: await walletChainId(connected.wallet.provider) });
      } catch (cause) {
        setError(toWalletError(cause, "switching the network"));
      }
    },
    [connected],
  );
  const provider = connected?.wallet.provider;
  useEffect(() => {
    const onAccounts = (value: unknown) => {
      const [account] = value as string[];
      setConnected((before) => (before && account ? { ...before, account } : null));
    };
    const onChain = (value: unknown) =>
      setConnected((before) => before && { ...before, chainId: BigInt(value as string) });
    provider?.on?.("accountsChanged", onAccounts);
    provider?.on?.("chainChanged", onChain);
    return () => {
      provider?.removeListener?.("accountsChanged", onAccounts);
      provider?.removeListener?.("chainChanged", onChain);
    };
  }, [provider]);
  return { connected, error, connect, switchTo: change };
}

/** Chooses a wallet, and says when it is on another network. */
export function WalletSection({
  chain,
  control,
}: {
  chain: Chain;
  control: ReturnType<typeof useWallet>;
}) {
  const wallets = useInjectedWallets();
  const { connected, error, connect, switchTo } = control;
  const isWrongNetwork = connected !== null && connected.chainId !== chain.chainId;
  return (
    <Card withBorder component="section" aria-labelledby="post-wallet">
      <Stack>
        <Title order={2} size="h4" id="post-wallet">
          Your wallet
        </Title>
        {wallets.length === 0 && (
          <Alert color="yellow" title="No wallet in this browser">
            <Text size="sm">
              Install one that announces itself to pages (EIP-6963; most do) and come back: your
              entries are kept. Or save the files below, and post them with{" "}
              <Code>commonweight owner post</Code>.
            </Text>
          </Alert>
        )}
        <Group>
          {wallets.map((wallet) => (
            <Button
              key={wallet.uuid}
              variant={connected?.wallet.uuid === wallet.uuid ? "filled" : "default"}
              aria-pressed={connected?.wallet.uuid === wallet.uuid}
              onClick={() => void connect(wallet)}
            >
              {wallet.name}
            </Button>
          ))}
        </Group>
        {connected !== null && (
          <Text size="sm" data-account={connected.account} style={{ overflowWrap: "anywhere" }}>
            Account {connected.account}
          </Text>
        )}
        {isWrongNetwork && (
          <Alert
            color="red"
            role="alert"
            data-wallet="wrong-network"
            title={webErrors.walletWrongNetwork.title}
          >
            <Stack gap="xs" align="flex-start">
              <Text size="sm">
                The wallet is on chain {String(connected.chainId)}, this market on chain{" "}
                {String(chain.chainId)} (<Code>{chain.rpcUrl}</Code>). Nothing was sent.
              </Text>
              <Button size="xs" onClick={() => void switchTo(chain.chainId)}>
                Switch to chain {String(chain.chainId)}
              </Button>
            </Stack>
          </Alert>
        )}
        {error !== null && <Failure error={error} />}
      </Stack>
    </Card>
  );
}
