import type { RegisterCommand } from "../../command-line/command-context.ts";
import { connectToMarket } from "../../command-line/market-connection.ts";
import { addKeystoreOption } from "../../command-line/signing-key.ts";

/** Adds `commonweight doctor`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("doctor"))
    .description("look at everything that Commonweight needs, name what is broken, and the fix")
    .addHelpText(
      "after",
      "\nExit status 4 when something is broken.\n\nExample:\n  commonweight doctor --network embedded",
    )
    .action(
      context.action(async (invocation) => {
        const { config, environment, options, signal, progress } = invocation;
        const { Examination } = await import("../../command-line/diagnosis.ts");
        const { connectChain } = await import("../../adapters/chain/connect.ts");
        const { diagnose } = await import("../diagnose.ts");
        const examination = new Examination({ signal, onProgress: progress });
        await diagnose(examination, {
          config,
          connect: async () => {
            const { chainId, ...rest } = await connectToMarket(invocation);
            return connectChain({ ...rest, ...(chainId === undefined ? {} : { chainId }) });
          },
          keystore: (options.keystore as string | undefined) ?? environment.COMMONWEIGHT_KEYSTORE,
          hasPrivateKey: (environment.COMMONWEIGHT_PRIVATE_KEY ?? "") !== "",
          signal,
        });
        return examination.result();
      }),
    );
};
