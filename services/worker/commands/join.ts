import { join } from "node:path";
import { readTokenUnit } from "../../adapters/chain/tokens/token-unit.ts";
import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseProjectId } from "../../command-line/parse-project-id.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { amountIn, parseAnyAmount } from "../../command-line/token-amount.ts";
import { amountText } from "../../protocol/market/token-amount.ts";

/** Adds `commonweight worker join`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(addKeystoreOption(parent.command("join")))
    .description("join a project: locks the stake until you leave")
    .argument("<project>", "number of the project", parseProjectId)
    .option("--stake <amount>", "stake to join with, instead of the least", parseAnyAmount)
    .option("--payout <address>", "cold address that earnings go to", parseAddress)
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nUse the same --state folder for `worker run`: it holds the encryption key that is registered now.\n\nExample:\n  commonweight worker join 1 --keystore worker.json --state ./worker",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, progress } = invocation;
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { loadEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { readProject } = await import("../../adapters/chain/projects/project.ts");
        const { requireTokens } = await import("../../command-line/require-tokens.ts");
        const { joinWithStake } = await import("../join-project.ts");
        const privateKey = await readSigningKey(invocation);
        const { publicKey } = await loadEncryptionKeys(
          join(config.stateFolder, "encryption-key.json"),
          createHpkeEnvelope(),
        );
        return withChain(
          invocation,
          async (chain) => {
            const projectId = args[0] as bigint;
            const { terms } = await readProject(chain, projectId);
            const unit = await readTokenUnit(chain, terms.rewardToken);
            const joined = await joinWithStake(chain, {
              projectId,
              encryptionKey: publicKey,
              payoutAddress: options.payout as string | undefined,
              stakeWei:
                options.stake === undefined ? undefined : amountIn(String(options.stake), unit),
              confirm: async (stakeWei, token) => {
                await requireTokens(chain, { token, amountWei: stakeWei, unit });
                await confirm(
                  invocation,
                  `Join project ${projectId} and lock ${amountText(stakeWei, unit)}? An update above the norm bound loses it.`,
                );
                progress("sending");
              },
            });
            const text = joined.isNew
              ? `${joined.account} joined project ${joined.projectId} with a stake of ${amountText(joined.stakeWei, unit)}`
              : `${joined.account} is in project ${joined.projectId} already`;
            return { data: joined, text };
          },
          { privateKey },
        );
      }),
    );
};
