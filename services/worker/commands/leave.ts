import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseProjectId } from "../../command-line/parse-project-id.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";

/** Adds `commonweight worker leave`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("leave"))
    .description("leave a project and get stake and earnings, at once or after the open round")
    .argument("<project>", "number of the project", parseProjectId)
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nDuring a round that you are in, run it a second time once the round is over: that pays out.\n\nExample:\n  commonweight worker leave 1 --keystore worker.json",
    )
    .action(
      context.action(async (invocation) => {
        const { leaveProject, readTrainer, releaseTrainer } = await import(
          "../../adapters/chain/projects/project-trainer.ts"
        );
        const projectId = invocation.args[0] as bigint;
        const privateKey = await readSigningKey(invocation);
        return withChain(
          invocation,
          async (chain) => {
            const account = chain.account as string;
            const { status } = await readTrainer(chain, projectId, account);
            if (status === "active" || status === "none") {
              await confirm(invocation, `Leave project ${projectId}?`);
            }
            invocation.progress("sending");
            // A trainer on the way out only waits for its money; the contract refuses everybody else.
            const isWaiting = status === "leaving" || status === "expelled" || status === "slashed";
            const receipt = isWaiting
              ? await releaseTrainer(chain, projectId, account)
              : await leaveProject(chain, projectId);
            const after = await readTrainer(chain, projectId, account);
            const text =
              after.status === "left" || after.status === "none"
                ? `${account} has left project ${projectId} and is paid out`
                : `${account} leaves project ${projectId} after the open round; run this again then`;
            return { data: { projectId, account, status: after.status, receipt }, text };
          },
          { privateKey },
        );
      }),
    );
};
