import { Option } from "commander";
import { readTokenUnit } from "../../adapters/chain/tokens/token-unit.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { amountIn, parseAnyAmount } from "../../command-line/token-amount.ts";
import { amountText, type TokenUnit, unitOfAmount } from "../../protocol/market/token-amount.ts";
import { type ListedProject, listProjects, PROJECT_ORDERS } from "../list-projects.ts";

const PROJECTS_PER_QUERY = 20;

/** What an amount that was typed is in each token; one with another token's symbol asks for that token's projects alone. */
function leastOf(text = "0", units: ReadonlyMap<string, TokenUnit>) {
  const asked = unitOfAmount(text) as string;
  return (token: string): bigint | undefined => {
    const unit = units.get(token) as TokenUnit;
    const names = ["", "wei", unit.symbol.toLowerCase(), unit.alias?.toLowerCase()];
    return names.includes(asked) ? amountIn(text, unit) : undefined;
  };
}

/** Adds `commonweight worker projects`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("projects")
    .description("projects of the market, the best paid hour first")
    .option("--all", "also those that have ended")
    .option("--min-budget <amount>", "only with at least this budget a round", parseAnyAmount)
    .option("--min-hourly <amount>", "only with at least this expected pay an hour", parseAnyAmount)
    .addOption(
      new Option(
        "--sort <by>",
        "expected pay an hour, budget of a round, newest, or fewest trainers",
      )
        .choices(PROJECT_ORDERS)
        .default("pay"),
    )
    .addHelpText(
      "after",
      "\nExpected is what the last rounds paid to one trainer, or an equal share where none is settled; an hour is one of\nrounds, of which your machine works a part: see `worker quote`.\nAmounts are in whole reward tokens, as in 0.01; with a symbol, as in 5USDC, only projects that pay in it are listed.\n\nExamples:\n  commonweight worker projects --min-hourly 0.01\n  commonweight worker projects --sort trainers",
    )
    .action(
      context.action(async (invocation) => {
        const { options, progress } = invocation;
        const { countProjects, readProjects } = await import(
          "../../adapters/chain/projects/project.ts"
        );
        const { readProjectRecord } = await import("../project-record.ts");
        const { shortWei } = await import("../quote-text.ts");
        return withChain(invocation, async (chain) => {
          const total = await countProjects(chain);
          const found: ListedProject[] = [];
          for (let first = 1; first <= total; first += PROJECTS_PER_QUERY) {
            progress(`reading projects ${first} of ${total}`);
            const some = await readProjects(chain, BigInt(first), PROJECTS_PER_QUERY);
            // Their history takes several questions each, which is not worth it for what is not shown.
            const wanted = some.filter(({ phase }) => options.all === true || phase !== "ended");
            const records = wanted.map(async (project) => ({
              ...project,
              record: await readProjectRecord(chain, project),
            }));
            found.push(...(await Promise.all(records)));
          }
          const units = new Map<string, TokenUnit>();
          for (const { terms } of found) {
            if (units.has(terms.rewardToken)) continue;
            units.set(terms.rewardToken, await readTokenUnit(chain, terms.rewardToken));
          }
          const listed = listProjects(found, {
            order: options.sort as (typeof PROJECT_ORDERS)[number],
            withEnded: options.all === true,
            leastBudgetWei: leastOf(options.minBudget as string | undefined, units),
            leastPerHourWei: leastOf(options.minHourly as string | undefined, units),
            firstToken: chain.addresses.wrappedNative,
          });
          const lines = listed.map(
            ({ projectId, phase, trainerCount, terms, appliedRounds, record }) => {
              const unit = units.get(terms.rewardToken) as TokenUnit;
              const money = (amountWei: bigint) => amountText(amountWei, unit);
              const isGuess = record.pay.basis === "equal-shares";
              return [
                String(projectId).padEnd(8),
                phase.padEnd(8),
                `${appliedRounds}/${terms.rounds}`.padEnd(8),
                `${trainerCount}/${terms.maxTrainers}`.padEnd(9),
                String(terms.parameterCount).padEnd(11),
                `${isGuess ? "~" : ""}${money(shortWei(record.perHourWei))}`.padEnd(18),
                money(terms.budgetPerRoundWei).padEnd(16),
                money(terms.stakeWei),
              ].join(" ");
            },
          );
          const head =
            "project  phase    rounds   trainers  parameters  expected/hour      budget/round     stake";
          const isGuessed = listed.some(({ record }) => record.pay.basis === "equal-shares");
          const note = isGuessed ? ["~ no round is settled yet: as if all shared equally"] : [];
          const text =
            lines.length > 0 ? [head, ...lines, ...note].join("\n") : "no project is open";
          return { data: listed, text };
        });
      }),
    );
};
