import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseCount } from "../../command-line/parse-count.ts";
import { parseProjectId } from "../../command-line/parse-project-id.ts";
import { openProjectContent } from "../../command-line/project-content.ts";
import { parseCoins, tokenFormatter } from "../../command-line/token-amount.ts";
import { parseDataSource } from "../../learning/data/parse-data-source.ts";

/** Adds `commonweight worker quote`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(parent.command("quote"))
    .description("what taking part brings and costs: share, gas, time of this machine, stake")
    .argument("<project>", "number of the project", parseProjectId)
    .option("--data <source>", "your samples: a short training on them measures the time")
    .option("--samples <number>", "use only so many of them", parseCount)
    .option("--part <i/n>", "the i-th of n disjoint parts, from 1")
    .option("--split <plan>", "how parts are made: iid or dirichlet:<alpha>", "iid")
    .option("--seed <text>", "of the parts")
    .option("--account <address>", "whose own rounds, registration and place count", parseAddress)
    .option("--machine-hour <eth>", "what an hour of this machine costs you", parseCoins)
    .option("--relay", "an aggregator relays the updates and pays their gas")
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .addHelpText(
      "after",
      "\nNeeds no key and sends nothing. Pay is an estimate from past rounds, not a promise. Exit status 4 when it is\nexpected to lose money, or this machine is too slow.\n\nExamples:\n  commonweight worker quote 1 --data patients.csv\n  commonweight worker quote 1 --data mnist --part 1/8 --machine-hour 0.0001 --json",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, progress, signal } = invocation;
        const { readPosting } = await import("../../adapters/chain/projects/project-posting.ts");
        const { readNetworkFees } = await import(
          "../../adapters/chain/transactions/network-fees.ts"
        );
        const { readParticipant } = await import("../../adapters/chain/projects/participant.ts");
        const { readProject } = await import("../../adapters/chain/projects/project.ts");
        const { readTrainer } = await import("../../adapters/chain/projects/project-trainer.ts");
        const { openCurve } = await import("../../adapters/curve/open-curve.ts");
        const { getManifest } = await import("../../adapters/dag-json/manifest-store.ts");
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { openDataset } = await import("../../learning/data/open-dataset.ts");
        const { dataFileOptions } = await import("../../learning/data/data-file-options.ts");
        const { projectDataset } = await import("../../learning/data/project-dataset.ts");
        const { measureRound } = await import("../measure-round.ts");
        const { readProjectRecord } = await import("../project-record.ts");
        const { isSameAddress } = await import("../../protocol/address.ts");
        const { quoteProject } = await import("../quote-project.ts");
        const { quoteProblems, quoteText } = await import("../quote-text.ts");
        const projectId = args[0] as bigint;
        const account = options.account as string | undefined;
        return withChain(invocation, async (chain) => {
          progress("reading the project");
          const project = await readProject(chain, projectId);
          const { terms } = project;
          const [{ manifestCid }, record, fees, participant, trainer] = await Promise.all([
            readPosting(chain, projectId),
            readProjectRecord(chain, project, account),
            readNetworkFees(chain.provider),
            account === undefined ? undefined : readParticipant(chain, account),
            account === undefined ? undefined : readTrainer(chain, projectId, account),
          ]);
          const manifest = await getManifest(
            await openProjectContent(chain, terms, config),
            manifestCid,
            { signal },
          );
          const effort = async () => {
            const opened = await openDataset({
              ...parseDataSource(options),
              files: dataFileOptions(manifest.data),
            });
            progress("training for a few seconds");
            await using curve = await openCurve({
              parameterCount: terms.parameterCount,
              cacheDir: config.cacheFolder,
              srsPath: options.srs as string | undefined,
            });
            return await measureRound({
              manifest,
              dataset: projectDataset(opened, manifest.data),
              curve,
              envelope: createHpkeEnvelope(),
              aggregators: terms.aggregators.length,
              signal,
            });
          };
          const measured = options.data === undefined ? undefined : await effort();
          const quote = quoteProject({
            terms,
            record,
            effort: measured,
            wrappedNative: chain.addresses.wrappedNative,
            gasPriceWei: (fees.baseFeeWei ?? 0n) + fees.priorityFeeWei,
            done: {
              isRegistered: (participant?.registeredAt ?? 0) > 0,
              isJoined: trainer?.status === "active",
            },
            isRelayed: options.relay === true,
            machineHourWei: (options.machineHour as bigint | undefined) ?? 0n,
          });
          const money = await tokenFormatter(chain, terms.rewardToken);
          const words = {
            ...{ title: manifest.title, project, record, quote, effort: measured, money },
            isNative: isSameAddress(terms.rewardToken, chain.addresses.wrappedNative),
          };
          const problems = quoteProblems(words);
          return {
            data: {
              projectId,
              title: manifest.title,
              rewardToken: terms.rewardToken,
              ...{ record, effort: measured ?? null, quote, problems },
            },
            text: quoteText(words),
            isNegative: problems.length > 0,
          };
        });
      }),
    );
};
