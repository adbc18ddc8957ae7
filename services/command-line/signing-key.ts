import { resolve } from "node:path";
import type { Command } from "commander";
import { openKeystore } from "../adapters/chain/accounts/keystore.ts";
import { readSecret } from "../adapters/config/config.ts";
import { askPassword } from "./ask.ts";
import type { Invocation } from "./command-context.ts";

/** Adds `--keystore` to a command that signs. */
export function addKeystoreOption(command: Command): Command {
  return command.option(
    "--keystore <file>",
    "encrypted key to sign with, instead of COMMONWEIGHT_PRIVATE_KEY",
  );
}

/**
 * The key that a command signs with: of `--keystore` (or `COMMONWEIGHT_KEYSTORE`), with its password from a prompt or
 * `COMMONWEIGHT_PASSWORD`; otherwise `COMMONWEIGHT_PRIVATE_KEY`. Never from the command line, which others on the machine can read.
 *
 * @throws CW2753 without any key; CW2380 and CW2381 for a keystore that does not open; CW6500 when nobody can be asked.
 */
export async function readSigningKey(
  invocation: Pick<Invocation, "options" | "environment" | "terminal" | "progress">,
): Promise<string> {
  const { options, environment, progress } = invocation;
  const path = options.keystore ?? environment.COMMONWEIGHT_KEYSTORE;
  if (path === undefined || path === "") return readSecret(environment, "COMMONWEIGHT_PRIVATE_KEY");
  const password = await askPassword(invocation, `Password of ${String(path)}`);
  progress("opening the keystore");
  return (await openKeystore(resolve(String(path)), password)).privateKey;
}
