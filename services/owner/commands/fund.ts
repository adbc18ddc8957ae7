import { readTokenUnit } from "../../adapters/chain/tokens/token-unit.ts";
import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { amountIn, parseAmountAboveNothing } from "../../command-line/token-amount.ts";
import { amountText } from "../../protocol/market/token-amount.ts";

/** Adds `commonweight owner fund`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(addKeystoreOption(parent.command("fund")))
    .description("add budget to a project, for the rounds to come")
    .argument("<project>", "number of the project, or its folder")
    .argument(
      "<amount>",
      "in whole reward tokens, as in 0.5, or exactly, as in 1000wei",
      parseAmountAboveNothing,
    )
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nExamples:\n  commonweight owner fund 1 0.5\n  commonweight owner fund 1 500000000000000000wei",
    )
    .action(
      context.action(async (invocation) => {
        const { addBudget, readProject } = await import("../../adapters/chain/projects/project.ts");
        const { allowDeposit } = await import("../../adapters/chain/tokens/allow-deposit.ts");
        const { topUpWrapped } = await import("../../adapters/chain/tokens/token-balance.ts");
        const { requireTokens } = await import("../../command-line/require-tokens.ts");
        const [given, amount] = invocation.args as [string, string];
        const { findProject } = await import("../find-project.ts");
        const { projectId } = await findProject(given);
        const privateKey = await readSigningKey(invocation);
        return withChain(
          invocation,
          async (chain) => {
            const { rewardToken } = (await readProject(chain, projectId)).terms;
            const unit = await readTokenUnit(chain, rewardToken);
            const amountWei = amountIn(amount, unit);
            const shown = amountText(amountWei, unit);
            await requireTokens(chain, { token: rewardToken, amountWei, unit });
            await confirm(invocation, `Add ${shown} to project ${projectId}?`);
            invocation.progress("sending");
            await topUpWrapped(chain, rewardToken, amountWei);
            const first = await allowDeposit(chain, rewardToken, amountWei);
            const receipt = await addBudget(chain, projectId, amountWei, first);
            return {
              data: { projectId, amountWei, receipt },
              text: `project ${projectId} got ${shown} (transaction ${receipt.hash})`,
            };
          },
          { privateKey },
        );
      }),
    );
};
