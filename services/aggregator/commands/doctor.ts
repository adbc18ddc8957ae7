import { join } from "node:path";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { connectToMarket } from "../../command-line/market-connection.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";

/** Adds `commonweight aggregator doctor`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("doctor"))
    .description(
      "look at everything that an aggregator's service needs, before it is started or while it runs",
    )
    .addHelpText(
      "after",
      "\nExit status 4 when something is broken. Takes the configuration that the service runs with.\n\nExample:\n  commonweight aggregator doctor --state ./aggregator",
    )
    .action(
      context.action(async (invocation) => {
        const { config, signal, progress } = invocation;
        const { Examination } = await import("../../command-line/diagnosis.ts");
        const { examineMachine, examineMarket } = await import(
          "../../command-line/examine-machine.ts"
        );
        const { connectChain } = await import("../../adapters/chain/connect.ts");
        const { examineAggregator } = await import("../examine-aggregator.ts");
        const examination = new Examination({ signal, onProgress: progress });
        await examineMachine(examination, config);
        let privateKey: string | undefined;
        await examination.look("key", async () => {
          privateKey = await readSigningKey(invocation);
          return "opens";
        });
        const chain = await examineMarket(examination, async () => {
          const { chainId, ...rest } = await connectToMarket(invocation);
          return connectChain({
            ...rest,
            ...(privateKey === undefined ? {} : { privateKey }),
            ...(chainId === undefined ? {} : { chainId }),
          });
        });
        const keyFile = join(config.stateFolder, "encryption-key.json");
        await examineAggregator(examination, { chain, keyFile, signal });
        chain?.close();
        return examination.result();
      }),
    );
};
