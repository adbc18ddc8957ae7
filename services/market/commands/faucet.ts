import type { DevelopmentAccount } from "../../adapters/chain/accounts/development-accounts.ts";
import { selectedNetwork } from "../../adapters/config/config.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseCoins } from "../../command-line/token-amount.ts";
import { amountText, NATIVE_COIN } from "../../protocol/market/token-amount.ts";

/** An address, or the path of a keystore. */
function parseAccount(text: string, earlier: string[] = []): string[] {
  return [...earlier, /^0x/.test(text) ? parseAddress(text) : text];
}

/** Adds `commonweight faucet`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("faucet")
    .description("give coins of a development chain to accounts: they are worth nothing")
    .argument("<account...>", "addresses, or keystores", parseAccount)
    .option("--amount <eth>", "for each (default: 100)", parseCoins)
    .addHelpText(
      "after",
      "\nOnly for chain 31337, as `commonweight chain` runs it.\n\nExample:\n  commonweight faucet owner.json 0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
    )
    .action(
      context.action(async ({ args, options, config, progress }) => {
        const { developmentAccounts } = await import(
          "../../adapters/chain/accounts/development-accounts.ts"
        );
        const { giveCoins } = await import("../../adapters/chain/accounts/give-coins.ts");
        const { readKeystoreAddress } = await import("../../adapters/chain/accounts/keystore.ts");
        const { DEVELOPMENT_MNEMONIC } = await import("../../adapters/embedded-chain.ts");
        const named = args[0] as string[];
        const accounts = await Promise.all(
          named.map((each) => (/^0x/.test(each) ? each : readKeystoreAddress(each))),
        );
        const [giver] = developmentAccounts(DEVELOPMENT_MNEMONIC, 1) as [DevelopmentAccount];
        const given = await giveCoins({
          rpcUrl: selectedNetwork(config).rpcUrl,
          giver,
          accounts,
          amountWei: (options.amount as bigint | undefined) ?? parseCoins("100"),
          onProgress: progress,
        });
        const lines = given.map(({ account, balanceWei }, i) => {
          const file = named[i] === account ? "" : `  ${named[i]}`;
          return `${account}  ${amountText(balanceWei, NATIVE_COIN)}${file}`;
        });
        return { data: { given }, text: lines.join("\n") };
      }),
    );
};
