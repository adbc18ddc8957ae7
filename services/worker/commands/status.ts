import { Argument } from "commander";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseProjectId } from "../../command-line/parse-project-id.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { IDLE_AFTER_ROUNDS } from "../../protocol/market/roster.ts";

/** What somebody who could lose its place has to know. */
const missedText = (missedRounds: number) =>
  missedRounds === 0
    ? ""
    : `; rounds missed in a row: ${missedRounds}${missedRounds >= IDLE_AFTER_ROUNDS ? ", so in a full project others can have its place" : ""}`;

/** Adds `commonweight worker status`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("status")
    .description("how a trainer stands in a project: verdicts, earnings, stake, reliability")
    .addArgument(new Argument("<project>", "number of the project").argParser(parseProjectId))
    .argument("<trainer>", "address of the trainer", parseAddress)
    .addHelpText(
      "after",
      "\nNeeds no key: the chain tells it to everybody.\n\nExample:\n  commonweight worker status 1 0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
    )
    .action(
      context.action(async (invocation) => {
        const { readSettlements } = await import("../../adapters/chain/rounds/settlements.ts");
        const { readClaim, readParticipant } = await import(
          "../../adapters/chain/projects/participant.ts"
        );
        const { readProject } = await import("../../adapters/chain/projects/project.ts");
        const { readTrainer } = await import("../../adapters/chain/projects/project-trainer.ts");
        const { unpackOutcome } = await import("../../protocol/round/public-signals.ts");
        const [projectId, account] = invocation.args as [bigint, string];
        return withChain(invocation, async (chain) => {
          const { terms, phase } = await readProject(chain, projectId);
          const [trainer, participant, settlements, claimWei] = await Promise.all([
            readTrainer(chain, projectId, account),
            readParticipant(chain, account),
            readSettlements(chain, projectId),
            readClaim(chain, terms.rewardToken, account),
          ]);
          const rounds = settlements.flatMap((settlement) => {
            const index = settlement.trainers.findIndex((each) => isSameAddress(each, account));
            if (index < 0) return [];
            const outcome = unpackOutcome(settlement.outcomeWords, terms.slots);
            return [
              {
                roundIndex: settlement.roundIndex,
                verdict: outcome.verdicts[index],
                share: outcome.shares[index],
                earnedWei: settlement.earningsWei[index] as bigint,
              },
            ];
          });
          const money = await tokenFormatter(chain, terms.rewardToken);
          const earnedWei = rounds.reduce((sum, each) => sum + each.earnedWei, 0n);
          const text = [
            `trainer ${account} in project ${projectId} (${phase})`,
            `status       ${trainer.status}, stake ${money(trainer.stakeWei)}${missedText(trainer.missedRounds)}`,
            `reliability  ${((100 * participant.reliability) / 65_535).toFixed(0)} %`,
            `earned       ${money(earnedWei)}, of which not yet paid out ${money(trainer.earnedWei)}`,
            `in the vault ${money(claimWei)}${claimWei > 0n ? " (take it with `worker withdraw`)" : ""}`,
            participant.registeredAt === 0
              ? "pay goes to  nobody: this account has not registered on this market"
              : `pay goes to  ${participant.payoutAddress}`,
            ...rounds.map(
              (each) =>
                `  round ${each.roundIndex}  ${String(each.verdict).padEnd(18)} share ${String(each.share).padStart(5)}  ${money(each.earnedWei)}`,
            ),
          ].join("\n");
          return {
            data: { projectId, account, trainer, participant, rounds, earnedWei, claimWei },
            text,
          };
        });
      }),
    );
};
