import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { parseWei, tokenFormatter } from "../../command-line/token-amount.ts";

/** Adds `commonweight owner fund`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("fund"))
    .description("add budget to a project, for the rounds to come")
    .argument("<project>", "number of the project, or its folder")
    .argument("<wei>", "amount in the reward token's smallest unit", parseWei)
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExample:\n  commonweight owner fund 1 1000000000000000000")
    .action(
      context.action(async (invocation) => {
        const { addBudget, readProject } = await import("../../adapters/chain/project.ts");
        const { approveVault } = await import("../../adapters/chain/token.ts");
        const { topUpWrapped } = await import("../../adapters/chain/token-balance.ts");
        const [given, amountWei] = invocation.args as [string, bigint];
        const { findProject } = await import("../find-project.ts");
        const { projectId } = await findProject(given);
        const privateKey = await readSigningKey(invocation);
        return withChain(
          invocation,
          async (chain) => {
            const { rewardToken } = (await readProject(chain, projectId)).terms;
            const money = await tokenFormatter(chain, rewardToken);
            await confirm(invocation, `Add ${money(amountWei)} to project ${projectId}?`);
            invocation.progress("sending");
            await topUpWrapped(chain, rewardToken, amountWei);
            await approveVault(chain, rewardToken, amountWei);
            const receipt = await addBudget(chain, projectId, amountWei);
            return {
              data: { projectId, amountWei, receipt },
              text: `project ${projectId} got ${money(amountWei)} (transaction ${receipt.hash})`,
            };
          },
          { privateKey },
        );
      }),
    );
};
