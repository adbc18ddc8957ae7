import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readKeystoreAddress } from "../adapters/chain/accounts/keystore.ts";
import { readEncryptionKeys } from "../adapters/envelope/key-file.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";

/** @throws CW6051 for a file that others on the machine may read; Windows keeps such rights elsewhere. */
function requirePrivate(path: string): void {
  const { mode } = statSync(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new CommonweightError(
      marketErrors.keyFileOpen,
      `${path} has mode ${(mode & 0o777).toString(8)}`,
    );
  }
}

/** Looks at a keystore without opening it. @throws CW2380, CW6051 */
export async function lookAtKeystore(path: string): Promise<string> {
  const address = await readKeystoreAddress(path);
  requirePrivate(path);
  return `${address} in ${path}`;
}

/** Looks at the encryption key of a state folder; undefined when there is none yet. @throws CW2501, CW6051 */
export function lookAtEncryptionKey(stateFolder: string): string | undefined {
  const path = join(stateFolder, "encryption-key.json");
  if (!existsSync(path)) return undefined;
  readEncryptionKeys(path);
  requirePrivate(path);
  return path;
}
