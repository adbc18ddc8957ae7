import { join } from "node:path";
import { readSecret } from "../../adapters/config/config.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { eventPrinter } from "../../command-line/event-lines.ts";
import { connectToMarket } from "../../command-line/market-connection.ts";
import { parseDataSource } from "../../learning/parse-data-source.ts";

/** Adds `commonweight worker run`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("run")
    .description("train for projects and get paid, until they end")
    .argument("<project...>", "numbers of the projects")
    .requiredOption("--data <source>", "samples to train on: mnist, mnist:test, …")
    .option("--samples <number>", "use only so many of them")
    .option("--part <i/n>", "the i-th of n disjoint parts, from 1")
    .option("--split <plan>", "how parts are made: iid or dirichlet:<alpha>", "iid")
    .option("--seed <text>", "repeats every random choice (not for private data)")
    .option("--no-join", "only projects that were joined already")
    .option("--stake <wei>", "stake to join with, instead of the least")
    .option("--relay", "send signed updates through the aggregator, which pays the gas")
    .option("--payout <address>", "cold address that earnings go to")
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .option("--attack <name>", "play an attacker of the library (rehearsals only)")
    .option("--threads <number>", "threads for commitments")
    .addHelpText(
      "after",
      "\nThe key is read from COMMONWEIGHT_PRIVATE_KEY.\n\nExample:\n  commonweight worker run 1 --data mnist --part 1/8 --split dirichlet:0.5 --state ./worker",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, environment, signal } = invocation;
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { loadEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { openDataset } = await import("../../learning/open-dataset.ts");
        const { runWorker } = await import("../worker-service.ts");
        const print = eventPrinter(invocation);
        const dataset = await openDataset(parseDataSource(options));
        print({ type: "data", samples: dataset.size });
        await runWorker(
          {
            ...(await connectToMarket(invocation)),
            privateKey: readSecret(environment, "COMMONWEIGHT_PRIVATE_KEY"),
            encryptionKeys: await loadEncryptionKeys(
              join(config.stateFolder, "encryption-key.json"),
              createHpkeEnvelope(),
            ),
            stateFolder: config.stateFolder,
            projectIds: (args[0] as string[]).map(BigInt),
            dataset,
            join:
              options.join === false
                ? undefined
                : options.stake === undefined
                  ? {}
                  : { stakeWei: BigInt(String(options.stake)) },
            isRelayed: options.relay === true,
            payoutAddress: options.payout as string | undefined,
            seed: options.seed as string | undefined,
            attack: options.attack as string | undefined,
            srsPath: options.srs as string | undefined,
            threads: options.threads === undefined ? undefined : Number(options.threads),
            signal,
          },
          print,
        );
        return { data: { type: "finished" }, text: "all projects have ended" };
      }),
    );
};
