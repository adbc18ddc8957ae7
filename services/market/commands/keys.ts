import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../../adapters/make-folder.ts";
import { askNewPassword, askPassword } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";

/** Adds `commonweight keys new` and `commonweight keys show`. */
export const register: RegisterCommand = (parent, context) => {
  const keys = parent.command("keys").description("make and look at encrypted keys (V3 keystores)");
  keys
    .command("new")
    .description("make a key and store it encrypted")
    .argument("[file]", "where to (default: key.json in the configured keys folder)")
    .addHelpText(
      "after",
      "\nThe password is asked for, or read from COMMONWEIGHT_PASSWORD.\n\nExample:\n  commonweight keys new worker.json",
    )
    .action(
      context.action(async (invocation) => {
        const { args, config, progress } = invocation;
        const { createKeystore } = await import("../../adapters/chain/accounts/keystore.ts");
        const path = resolve(String(args[0] ?? join(config.keysFolder, "key.json")));
        const password = await askNewPassword(invocation, `New password for ${path}`);
        makeFolder(dirname(path));
        progress("encrypting");
        const address = await createKeystore(path, password);
        return {
          data: { address, path },
          text: [
            `address   ${address}`,
            `keystore  ${path}`,
            "",
            "Back up the file and the password, apart from each other: nobody can restore either, and whatever the",
            "address holds is lost with them. Let pay go to a cold address with `worker join --payout <address>`.",
          ].join("\n"),
        };
      }),
    );
  keys
    .command("show")
    .description("the address of a keystore")
    .argument("<file>", "the keystore")
    .option("--check", "also open it, to see whether the password is right")
    .addHelpText("after", "\nExample:\n  commonweight keys show worker.json --check")
    .action(
      context.action(async (invocation) => {
        const { openKeystore, readKeystoreAddress } = await import(
          "../../adapters/chain/accounts/keystore.ts"
        );
        const path = resolve(String(invocation.args[0]));
        const address = await readKeystoreAddress(path);
        if (invocation.options.check !== true) return { data: { address, path }, text: address };
        const password = await askPassword(invocation, `Password of ${path}`);
        const opened = await openKeystore(path, password);
        return {
          data: { address: opened.address, path, isOpened: true },
          text: `${opened.address} (the password is right)`,
        };
      }),
    );
};
