import type { RegisterCommand } from "../../command-line/command-context.ts";
import { eventPrinter } from "../../command-line/event-lines.ts";
import { addReaderOptions } from "../../command-line/model-options.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { openProjectContent } from "../../command-line/project-content.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";

/** Adds `commonweight owner watch`. */
export const register: RegisterCommand = (parent, context) => {
  addReaderOptions(
    parent
      .command("watch")
      .description("follow a project live: rounds, payments, accuracy, the next deadline")
      .argument("<project>", "number of the project, or its folder")
      .option(
        "--data <source>",
        "measure each new model on these samples (default: the validation set)",
      )
      .option("--new", "only what happens from now on, not what happened before"),
  )
    .addHelpText(
      "after",
      "\nEnds with the project, or with Ctrl+C. With --json each event is a line. Needs no key.\n\nExamples:\n  commonweight owner watch fraud\n  commonweight owner watch 1 --new --json",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, progress } = invocation;
        const { readPosting } = await import("../../adapters/chain/projects/project-posting.ts");
        const { findProject } = await import("../find-project.ts");
        const { openModelMeter } = await import("../model/measure-model.ts");
        const { ownerKeyring } = await import("../model/owner-keyring.ts");
        const { standingLine, watchLine } = await import("../watch/watch-lines.ts");
        const { watchProject } = await import("../watch/watch-project.ts");
        const { projectId, folder } = await findProject(String(args[0]));
        const source = options.data === undefined ? undefined : String(options.data);
        return withChain(invocation, async (chain) => {
          const { terms, blockNumber } = await readPosting(chain, projectId);
          const money = await tokenFormatter(chain, terms.rewardToken);
          const print = eventPrinter(invocation, (event) => watchLine(event, money));
          const hasSamples = source !== undefined || folder !== undefined;
          const meter = openModelMeter({
            chain,
            projectId,
            parameterCount: terms.parameterCount,
            contentStore: await openProjectContent(chain, terms, config),
            samples: { source, folder },
            keyring: hasSamples
              ? ownerKeyring(terms, { key: options.key, stateFolder: config.stateFolder })
              : undefined,
            cacheDir: config.cacheFolder,
            srsPath: options.srs as string | undefined,
            signal,
          });
          try {
            await watchProject({
              chain,
              projectId,
              fromBlock: options.new === true ? await chain.provider.getBlockNumber() : blockNumber,
              evaluate: hasSamples
                ? async (version) => (await meter.measure({ version })).evaluation
                : undefined,
              signal,
              onEvent: print,
              onStanding: (standing) => progress(standingLine(standing, money)),
            });
          } finally {
            await meter.close();
          }
          signal.throwIfAborted();
          return { data: { type: "finished", projectId }, text: `project ${projectId} has ended` };
        });
      }),
    );
};
