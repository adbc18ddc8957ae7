import { connectSigner } from "../../../services/adapters/chain/accounts/connect-signer.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../../../services/adapters/chain/accounts/development-accounts.ts";
import { type Chain, connectChain } from "../../../services/adapters/chain/connect.ts";
import { deployMarket } from "../../../services/adapters/chain/deploy.ts";
import {
  DEVELOPMENT_MNEMONIC,
  startEmbeddedChain,
} from "../../../services/adapters/embedded-chain.ts";

const someVerifier = "0x00000000000000000000000000000000000000aa";

/** A market whose rounds nobody could settle: enough for what happens before money reaches its vault. */
export async function startDepositMarket() {
  const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, 3) as [
    DevelopmentAccount,
    DevelopmentAccount,
    DevelopmentAccount,
  ];
  const embedded = await startEmbeddedChain({ accountCount: accounts.length });
  const { rpcUrl, chainId } = embedded;
  const deployer = connectSigner(rpcUrl, chainId, accounts[0].privateKey);
  const { addresses } = await deployMarket({
    signer: deployer.signer,
    verifier: { address: someVerifier },
  });
  const chains: Chain[] = [];
  return {
    accounts,
    addresses,
    /** The first account, which deployed the market. */
    signer: deployer.signer,
    /** Connects an account. `purposes` gets the name of each call that it sends, without its values. */
    connect: async ({ privateKey }: DevelopmentAccount) => {
      const purposes: string[] = [];
      const onTransaction = ({ purpose }: { readonly purpose: string }) =>
        void purposes.push(purpose.split("/")[0] as string);
      const chain = await connectChain({ rpcUrl, addresses, privateKey, onTransaction });
      chains.push(chain);
      return { chain, purposes };
    },
    stop: async () => {
      for (const chain of chains) chain.close();
      deployer.close();
      await embedded.stop();
    },
  };
}
