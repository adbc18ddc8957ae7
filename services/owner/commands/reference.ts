import type { RegisterCommand } from "../../command-line/command-context.ts";
import { eventPrinter } from "../../command-line/event-lines.ts";
import { connectToMarket } from "../../command-line/market-connection.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";

/** Adds `commonweight owner reference`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("reference"))
    .description("serve a project's reference update and pay gradient from your own samples")
    .argument("<project>", "number of the project")
    .requiredOption("--data <source>", "clean samples: mnist:test, …")
    .option("--root <number>", "samples that decide who is accepted", "200")
    .option("--pay <number>", "further samples that decide pay", "1000")
    .option("--validation <number>", "further samples to report accuracy on", "2000")
    .option("--seed <text>", "repeats every random choice (not for real money)")
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .option("--threads <number>", "threads for commitments")
    .addHelpText(
      "after",
      "\nThe referee's key is read from --keystore or COMMONWEIGHT_PRIVATE_KEY. The samples never leave this machine.\n\nExample:\n  commonweight owner reference 1 --data mnist:test --root 200 --pay 1000",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal } = invocation;
        const { openDataset } = await import("../../learning/open-dataset.ts");
        const { splitDataset } = await import("../../learning/split-dataset.ts");
        const { assessReferenceSets, requireSoundReferences } = await import(
          "../../learning/assess-reference-sets.ts"
        );
        const { runReferee } = await import("../referee-service.ts");
        const whole = await openDataset({ source: String(options.data) });
        const sizes = [options.root, options.pay, options.validation].map(Number);
        const [rootSet, paySet, validationSet] = splitDataset(
          whole,
          sizes,
          String(options.seed ?? "0"),
        );
        const print = eventPrinter(invocation);
        const assessment = await assessReferenceSets({
          rootSet: rootSet as NonNullable<typeof rootSet>,
          paySet: paySet ?? null,
        });
        for (const finding of assessment.findings) print({ type: "reference", ...finding });
        requireSoundReferences(assessment);
        await runReferee(
          {
            ...(await connectToMarket(invocation)),
            privateKey: await readSigningKey(invocation),
            stateFolder: config.stateFolder,
            cacheFolder: config.cacheFolder,
            projectId: BigInt(String(args[0])),
            rootSet: rootSet as NonNullable<typeof rootSet>,
            paySet: paySet as NonNullable<typeof paySet>,
            validationSet,
            seed: options.seed as string | undefined,
            srsPath: options.srs as string | undefined,
            threads: options.threads === undefined ? undefined : Number(options.threads),
            signal,
          },
          print,
        );
        return { data: { type: "finished" }, text: "the project has ended" };
      }),
    );
};
