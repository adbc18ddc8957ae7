import { resolve } from "node:path";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addModelChoice, addReaderOptions } from "../../command-line/model-options.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { openProjectContent } from "../../command-line/project-content.ts";

/** Adds `commonweight owner evaluate`. */
export const register: RegisterCommand = (parent, context) => {
  addReaderOptions(
    addModelChoice(
      parent
        .command("evaluate")
        .description(
          "fetch a project's model, verify it against the chain, and measure it on samples",
        )
        .argument("<project>", "number of the project, or its folder")
        .option(
          "--data <source>",
          "samples: mnist:test, a file or a folder (default: the validation set)",
        ),
    ),
  )
    .addHelpText(
      "after",
      "\nThe samples do not leave this machine. Needs no key.\n\nExamples:\n  commonweight owner evaluate fraud\n  commonweight owner evaluate 1 --data held-back.csv --round 3",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, progress } = invocation;
        const { readPosting } = await import("../../adapters/chain/projects/project-posting.ts");
        const { readModelChoice } = await import("../model/choose-model.ts");
        const { evaluationText } = await import("../model/evaluation-text.ts");
        const { findProject } = await import("../find-project.ts");
        const { openModelMeter } = await import("../model/measure-model.ts");
        const { ownerKeyring } = await import("../model/owner-keyring.ts");
        const choice = readModelChoice(options);
        const { projectId, folder } = await findProject(String(args[0]));
        const source = options.data === undefined ? undefined : String(options.data);
        return withChain(invocation, async (chain) => {
          const { terms } = await readPosting(chain, projectId);
          const meter = openModelMeter({
            chain,
            projectId,
            parameterCount: terms.parameterCount,
            contentStore: await openProjectContent(chain, terms, config),
            samples: {
              source: source?.startsWith("mnist") ? source : source && resolve(source),
              folder,
            },
            keyring: ownerKeyring(terms, { key: options.key, stateFolder: config.stateFolder }),
            cacheDir: config.cacheFolder,
            srsPath: options.srs as string | undefined,
            signal,
            onProgress: progress,
          });
          try {
            const measured = await meter.measure(choice);
            const { version, roundIndex, cid } = measured.published;
            const { classes, evaluation } = measured;
            return {
              data: { projectId, version, roundIndex, cid, classes, ...evaluation },
              text: evaluationText(measured),
            };
          } finally {
            await meter.close();
          }
        });
      }),
    );
};
