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
    .option("--again", "send although an earlier funding is still on its way")
    .addHelpText(
      "after",
      "\nA run that is interrupted is found by the next one with the same --state folder, which sends nothing then.\n\nExamples:\n  commonweight owner fund 1 0.5\n  commonweight owner fund 1 500000000000000000wei",
    )
    .action(
      context.action(async (invocation) => {
        const { readProject } = await import("../../adapters/chain/projects/project.ts");
        const { fundProject, refuseUnfinishedFunding } = await import("../posting/fund-project.ts");
        const { openPendingFundings } = await import("../posting/pending-funding.ts");
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
            const pending = openPendingFundings(invocation.config.stateFolder);
            if (invocation.options.again !== true) {
              const show = (wei: bigint) => amountText(wei, unit);
              await refuseUnfinishedFunding(chain, projectId, { pending, show });
            }
            await requireTokens(chain, { token: rewardToken, amountWei, unit });
            await confirm(invocation, `Add ${shown} to project ${projectId}?`);
            invocation.progress("sending");
            const receipt = await fundProject(
              chain,
              { projectId, rewardToken, amountWei },
              pending,
            );
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
