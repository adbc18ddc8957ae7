import { Option } from "commander";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";

const PROJECTS_PER_QUERY = 20;

/** Adds `commonweight worker projects`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("projects")
    .description("projects of the market, the best paid round first")
    .option("--all", "also those that have ended")
    .option("--min-wei <number>", "only with at least this budget a round")
    .addOption(
      new Option("--sort <by>", "budget of a round, newest, or fewest trainers")
        .choices(["budget", "newest", "trainers"])
        .default("budget"),
    )
    .addHelpText(
      "after",
      "\nThe budget of a round is shared by all accepted trainers.\n\nExample:\n  commonweight worker projects --sort trainers",
    )
    .action(
      context.action(async (invocation) => {
        const { options, progress } = invocation;
        const { countProjects, readProjects } = await import("../../adapters/chain/project.ts");
        return withChain(invocation, async (chain) => {
          const total = await countProjects(chain);
          const found: Awaited<ReturnType<typeof readProjects>> = [];
          for (let first = 1; first <= total; first += PROJECTS_PER_QUERY) {
            progress(`reading projects ${first} of ${total}`);
            found.push(...(await readProjects(chain, BigInt(first), PROJECTS_PER_QUERY)));
          }
          const least = options.minWei === undefined ? 0n : BigInt(String(options.minWei));
          const listed = found
            .filter(({ phase }) => options.all === true || phase !== "ended")
            .filter(({ terms }) => terms.budgetPerRoundWei >= least)
            .sort((one, other) => {
              if (options.sort === "newest") return Number(other.projectId - one.projectId);
              if (options.sort === "trainers") return one.trainerCount - other.trainerCount;
              const difference = other.terms.budgetPerRoundWei - one.terms.budgetPerRoundWei;
              return difference > 0n ? 1 : difference < 0n ? -1 : 0;
            });
          const lines = await Promise.all(
            listed.map(async ({ projectId, phase, trainerCount, terms, appliedRounds }) => {
              const money = await tokenFormatter(chain, terms.rewardToken);
              return [
                String(projectId).padEnd(8),
                phase.padEnd(8),
                `${appliedRounds}/${terms.rounds}`.padEnd(8),
                `${trainerCount}/${terms.maxTrainers}`.padEnd(9),
                String(terms.parameterCount).padEnd(11),
                money(terms.budgetPerRoundWei).padEnd(16),
                money(terms.stakeWei),
              ].join(" ");
            }),
          );
          const head = "project  phase    rounds   trainers  parameters  budget/round     stake";
          const text = lines.length > 0 ? [head, ...lines].join("\n") : "no project is open";
          return { data: listed, text };
        });
      }),
    );
};
