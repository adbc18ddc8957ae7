import { Option } from "commander";
import { readTokenUnit } from "../../adapters/chain/tokens/token-unit.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseCount } from "../../command-line/parse-count.ts";
import { amountIn, parseAnyAmount } from "../../command-line/token-amount.ts";
import { type TokenUnit, unitOfAmount } from "../../protocol/market/token-amount.ts";
import { type ListedProject, listProjects, PROJECT_ORDERS } from "../list-projects.ts";

/** What each has paid takes several questions to the node. */
const MOST_PROJECTS = 50;
const RECORDS_AT_ONCE = 20;

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
    .option("--titles", "what each is called: asks the aggregators that it names")
    .option("--most <count>", "only so many, the newest", parseCount, MOST_PROJECTS)
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
      "\nExpected is what the last rounds paid to one trainer, or an equal share where none is settled; an hour is one of\nrounds, of which your machine works a part: see `worker quote`.\nAmounts are in whole reward tokens, as in 0.01; with a symbol, as in 5USDC, only projects that pay in it are listed.\nAnybody may post projects without end: of those that fit, the newest are looked at.\n\nExamples:\n  commonweight worker projects --titles\n  commonweight worker projects --min-hourly 0.01\n  commonweight worker projects --sort trainers",
    )
    .action(
      context.action(async (invocation) => {
        const { options, config, signal, progress } = invocation;
        const { countProjects } = await import("../../adapters/chain/projects/project.ts");
        const { findNewestProjects } = await import("../find-projects.ts");
        const { readProjectRecord } = await import("../project-record.ts");
        const { projectsText } = await import("../projects-text.ts");
        return withChain(invocation, async (chain) => {
          const units = new Map<string, TokenUnit>();
          const leastBudget = leastOf(options.minBudget as string | undefined, units);
          const { projects, older } = await findNewestProjects(chain, {
            count: await countProjects(chain),
            most: options.most as number,
            isWanted: async ({ phase, terms: { rewardToken, budgetPerRoundWei } }) => {
              if (options.all !== true && phase === "ended") return false;
              if (!units.has(rewardToken)) {
                units.set(rewardToken, await readTokenUnit(chain, rewardToken));
              }
              const leastWei = leastBudget(rewardToken);
              return leastWei !== undefined && budgetPerRoundWei >= leastWei;
            },
            onProgress: progress,
          });
          const found: ListedProject[] = [];
          for (let first = 0; first < projects.length; first += RECORDS_AT_ONCE) {
            progress(`reading what ${projects.length - first} projects have paid`);
            const records = projects.slice(first, first + RECORDS_AT_ONCE).map(async (project) => ({
              ...project,
              record: await readProjectRecord(chain, project),
            }));
            found.push(...(await Promise.all(records)));
          }
          const listed = listProjects(found, {
            order: options.sort as (typeof PROJECT_ORDERS)[number],
            withEnded: options.all === true,
            leastBudgetWei: leastBudget,
            leastPerHourWei: leastOf(options.minHourly as string | undefined, units),
            firstToken: chain.addresses.wrappedNative,
          });
          if (options.titles !== true) {
            return { data: listed, text: projectsText(listed, { units, older }) };
          }
          progress("reading what they are called");
          const { readTitles } = await import("../project-titles.ts");
          const titles = await readTitles(chain, listed, { config, signal });
          return {
            data: listed.map((each) => ({ ...each, title: titles.get(each.projectId) ?? null })),
            text: projectsText(listed, { units, older, titles }),
          };
        });
      }),
    );
};
