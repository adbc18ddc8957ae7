import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";

/** Adds `commonweight worker withdraw`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("withdraw"))
    .description("take what the vault keeps for you, because a transfer to you had failed")
    .option(
      "--token <address>",
      "reward token (default: the market's wrapper of the native coin)",
      parseAddress,
    )
    .option("--to <address>", "where to (default: your own address)", parseAddress)
    .addHelpText(
      "after",
      "\nPay normally arrives by itself, without this.\n\nExample:\n  commonweight worker withdraw --keystore worker.json",
    )
    .action(
      context.action(async (invocation) => {
        const { options } = invocation;
        const { readClaim, withdrawClaim } = await import(
          "../../adapters/chain/projects/participant.ts"
        );
        const privateKey = await readSigningKey(invocation);
        return withChain(
          invocation,
          async (chain) => {
            const account = chain.account as string;
            const token = String(options.token ?? chain.addresses.wrappedNative);
            const amountWei = await readClaim(chain, token, account);
            if (amountWei === 0n) {
              const text = `the vault keeps nothing for ${account}`;
              return { data: { account, token, amountWei }, text };
            }
            const money = await tokenFormatter(chain, token);
            const to = String(options.to ?? account);
            const receipt = await withdrawClaim(chain, token, to);
            return {
              data: { account, token, to, amountWei, receipt },
              text: `${money(amountWei)} went to ${to} (transaction ${receipt.hash})`,
            };
          },
          { privateKey },
        );
      }),
    );
};
