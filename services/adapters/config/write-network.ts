import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CommonweightError } from "../../protocol/errors.ts";
import { configErrors } from "./errors.ts";
import type { NetworkConfig } from "./network-config.ts";

/**
 * Adds a network to a configuration file, which is created when there is none. Everything else in the file stays, also which
 * network is in use, unless the file did not say.
 *
 * @param name Of the network; by default `local` on this machine's development chain, otherwise named after the chain. Not
 * `embedded`, which is whatever market `commonweight up` runs.
 * @returns The network's name.
 * @throws CW2750 for a file that is no JSON or cannot be written.
 */
export function writeNetwork(
  path: string,
  name: string | undefined,
  network: NetworkConfig & { readonly chainId: number },
): string {
  try {
    const file = existsSync(path)
      ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>)
      : {};
    const inUse = name ?? (file.network as string | undefined);
    const written = inUse ?? (network.chainId === 31337 ? "local" : `chain-${network.chainId}`);
    const merged = {
      ...file,
      network: file.network ?? written,
      networks: { ...(file.networks as object | undefined), [written]: network },
    };
    writeFileSync(path, `${JSON.stringify(merged, null, 2)}\n`);
    return written;
  } catch (cause) {
    throw new CommonweightError(configErrors.unreadable, `${path}: ${String(cause)}`, { cause });
  }
}
