import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";

/** Adds `commonweight owner status`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("status")
    .description("where a project stands: phase, money, trainers, models")
    .argument("<project>", "number of the project, or its folder")
    .addHelpText("after", "\nExample:\n  commonweight owner status 1")
    .action(
      context.action(async (invocation) => {
        const { readModels } = await import("../../adapters/chain/rounds/published-models.ts");
        const { readProject } = await import("../../adapters/chain/projects/project.ts");
        const { readTrainers } = await import("../../adapters/chain/projects/project-trainer.ts");
        const { chainTime } = await import("../../adapters/chain/connect.ts");
        const { phaseUntil, phaseWords } = await import("../watch/phase-words.ts");
        const { findProject } = await import("../find-project.ts");
        const { projectId } = await findProject(String(invocation.args[0]));
        return withChain(invocation, async (chain) => {
          const [project, trainers, models, now] = await Promise.all([
            readProject(chain, projectId),
            readTrainers(chain, projectId),
            readModels(chain, projectId),
            chainTime(chain),
          ]);
          const money = await tokenFormatter(chain, project.terms.rewardToken);
          const { phase, phaseEndsAt } = project;
          const standing = phaseEndsAt
            ? phaseUntil(phase, phaseEndsAt - now, Date.now())
            : phaseWords(phase);
          const text = [
            `project ${projectId} of ${project.owner}`,
            `phase       ${standing}${project.isStopAnnounced ? " (stop announced)" : ""}`,
            `rounds      ${project.appliedRounds} of ${project.terms.rounds} applied; the next has number ${project.nextRoundIndex}`,
            `budget      ${money(project.rewardLeftWei)} left for rounds, ${money(project.escrowWei)} in escrow altogether`,
            `model       version ${models.at(-1)?.version ?? 0}, ${models.at(-1)?.cid ?? "-"}`,
            `trainers    ${project.trainerCount}`,
            ...trainers.map(
              ({ trainer, status, reliability, earnedWei, stakeWei }) =>
                `  ${trainer}  ${status.padEnd(8)} reliability ${((100 * reliability) / 65_535).toFixed(0)} %  unpaid ${money(earnedWei)}  stake ${money(stakeWei)}`,
            ),
          ].join("\n");
          return { data: { project, trainers, models }, text };
        });
      }),
    );
};
