import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseProjectId, parseRoundIndex } from "../../command-line/parse-project-id.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";

/** Adds `commonweight explain`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(parent.command("explain"))
    .description("a trainer's pay statement for one round: from the submission to the wei, and why")
    .argument("<project>", "number of the project", parseProjectId)
    .argument("<round>", "number of the round, from 0", parseRoundIndex)
    .argument("<trainer>", "address of the trainer", parseAddress)
    .addHelpText(
      "after",
      "\nExample:\n  commonweight explain 1 0 0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
    )
    .action(
      context.action(async (invocation) => {
        const { readPosting } = await import("../../adapters/chain/projects/project-posting.ts");
        const { explainTrainer, payStatementText } = await import("../explain-trainer.ts");
        const [projectId, roundIndex, trainer] = invocation.args as [bigint, number, string];
        return withChain(invocation, async (chain) => {
          const statement = await explainTrainer(chain, { projectId, roundIndex, trainer });
          const { terms } = await readPosting(chain, projectId);
          const money = await tokenFormatter(chain, terms.rewardToken);
          return { data: statement, text: payStatementText(statement, money) };
        });
      }),
    );
};
