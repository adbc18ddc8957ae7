import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";

/** Adds `commonweight owner stop`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("stop"))
    .description("announce that no further round will open; the rest of the budget comes back")
    .argument("<project>", "number of the project, or its folder")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nAn open round is still settled and paid. It cannot be taken back.\n\nExample:\n  commonweight owner stop 1",
    )
    .action(
      context.action(async (invocation) => {
        const { announceStop } = await import("../../adapters/chain/projects/project.ts");
        const { findProject } = await import("../find-project.ts");
        const { projectId } = await findProject(String(invocation.args[0]));
        const privateKey = await readSigningKey(invocation);
        await confirm(invocation, `Stop project ${projectId} for good?`);
        return withChain(
          invocation,
          async (chain) => {
            const receipt = await announceStop(chain, projectId);
            return {
              data: { projectId, receipt },
              text: `project ${projectId} opens no further round (transaction ${receipt.hash})`,
            };
          },
          { privateKey },
        );
      }),
    );
};
