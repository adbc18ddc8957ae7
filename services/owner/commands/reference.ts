import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { eventPrinter } from "../../command-line/event-lines.ts";
import { addKeepingOptions, readKeeping } from "../../command-line/keeping-options.ts";
import { connectToMarket } from "../../command-line/market-connection.ts";
import { parseCount, parseCountOrNone } from "../../command-line/parse-count.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { percentText } from "../../protocol/percent-text.ts";
import { ownerErrors } from "../errors.ts";

/** Adds `commonweight owner reference`. */
export const register: RegisterCommand = (parent, context) => {
  const command = addCompareOption(addKeystoreOption(parent.command("reference")))
    .description("serve a project's reference update and pay gradient from your own samples")
    .argument("<project>", "number of the project, or its folder")
    .option("--data <source>", "clean samples: mnist:test, a file … (default: the folder's sets)")
    .option("--root <number>", "samples that decide who is accepted", parseCount, 200)
    .option("--pay <number>", "further samples that decide pay", parseCountOrNone, 1000)
    .option(
      "--validation <number>",
      "further samples to report accuracy on",
      parseCountOrNone,
      2000,
    )
    .option("--wait", "wait for a project that is not posted yet")
    .option("--trainers <number>", "first wait until so many have joined", parseCount)
    .option("--seed <text>", "repeats every random choice (not for real money)")
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .option("--threads <number>", "threads for commitments", parseCount);
  addKeepingOptions(command)
    .addHelpText(
      "after",
      "\nThe referee's key is read from --keystore or COMMONWEIGHT_PRIVATE_KEY. The samples never leave this machine.\n\nExamples:\n  commonweight owner reference fraud --keystore owner.json\n  commonweight owner reference 1 --data mnist:test --root 200 --pay 1000",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal } = invocation;
        const { drawFreshSets, findProject, openFolderSets } = await import("../find-project.ts");
        const { runReferee } = await import("../referee/referee-service.ts");
        const { projectId, folder } = await findProject(String(args[0]));
        const { data: source } = options;
        if (source === undefined && folder === undefined) {
          throw new CommonweightError(ownerErrors.noSamples, `project ${projectId}`);
        }
        const [root, pay, validation] = [options.root, options.pay, options.validation].map(Number);
        const { referenceLine } = await import("../referee/reference-lines.ts");
        const print = eventPrinter(invocation, referenceLine);
        const report = await runReferee(
          {
            ...(await connectToMarket(invocation)),
            privateKey: await readSigningKey(invocation),
            stateFolder: config.stateFolder,
            cacheFolder: config.cacheFolder,
            projectId,
            onAwaiting:
              options.wait === true ? () => print({ type: "awaiting", projectId }) : undefined,
            firstRoundTrainers: options.trainers as number | undefined,
            openSets: (data) =>
              source === undefined && folder
                ? openFolderSets(folder)
                : drawFreshSets(
                    String(source),
                    { root: root as number, pay: pay as number, validation: validation as number },
                    { seed: String(options.seed ?? "0"), data },
                  ),
            seed: options.seed as string | undefined,
            srsPath: options.srs as string | undefined,
            threads: options.threads === undefined ? undefined : Number(options.threads),
            keeping: readKeeping(invocation),
            signal,
          },
          print,
        );
        signal.throwIfAborted();
        const last = report.evaluations.at(-1);
        return {
          data: { type: "finished", ...report },
          text: [
            `project ${projectId} has ended`,
            `served    the references of ${report.references.length} rounds, ${report.releases.length} keys released, since this start`,
            ...(last ? [`accuracy  ${percentText(last.accuracy)} with model ${last.version}`] : []),
          ].join("\n"),
        };
      }),
    );
};
