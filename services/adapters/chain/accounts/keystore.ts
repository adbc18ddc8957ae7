import { readFile, writeFile } from "node:fs/promises";
import { getAddress, Wallet } from "ethers";
import { CommonweightError, defineErrors } from "../../../protocol/errors.ts";

export const keystoreErrors = defineErrors([2380, 2389], {
  unreadable: {
    code: "CW2380",
    title: "The keystore cannot be read",
    hint: "Check the path; `commonweight keys new` makes a keystore, and any Ethereum wallet exports one (V3 JSON).",
  },
  wrongPassword: {
    code: "CW2381",
    title: "The keystore does not open with this password",
    hint: "Type the password again, or set COMMONWEIGHT_PASSWORD. Nobody can recover a forgotten one: restore the key from your backup.",
  },
  exists: {
    code: "CW2382",
    title: "There is a file of this name already",
    hint: "A keystore is never overwritten, because the key in it may hold money. Choose another name.",
  },
});

/** The address and key of an opened keystore. */
export interface OpenedKey {
  readonly address: string;
  readonly privateKey: string;
}

/** Makes a new key and stores it encrypted (Web3 Secret Storage, V3, scrypt), readable by its owner only. @throws CW2382 */
export async function createKeystore(path: string, password: string): Promise<string> {
  const wallet = Wallet.createRandom();
  const json = await wallet.encrypt(password);
  try {
    await writeFile(path, `${json}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    // A folder that cannot be written says so itself.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new CommonweightError(keystoreErrors.exists, path, { cause });
  }
  return wallet.address;
}

async function readKeystore(path: string): Promise<{ json: string; address: string }> {
  try {
    const json = await readFile(path, "utf8");
    const { address } = JSON.parse(json) as { address: string };
    if (!/^(0x)?[0-9a-fA-F]{40}$/.test(address)) throw new TypeError("no address");
    return { json, address: getAddress(address) };
  } catch (cause) {
    throw new CommonweightError(keystoreErrors.unreadable, path, { cause });
  }
}

/** The address that a keystore names; needs no password. @throws CW2380 */
export async function readKeystoreAddress(path: string): Promise<string> {
  return (await readKeystore(path)).address;
}

/** Eight times the work that today's wallets ask for: a file that asks for more would hold the program for hours. */
const MOST_WORK = { scryptBytes: 2 ** 31, scryptRuns: 16, pbkdf2Rounds: 10_000_000 } as const;

/** @throws CW2380 for a keystore whose password takes more memory or time than any wallet's. */
function requireBoundedWork(path: string, json: string): void {
  const file = JSON.parse(json) as Record<string, { kdfparams?: Record<string, unknown> }>;
  const part = file.crypto ?? file.Crypto;
  const { n = 0, r = 0, p = 0, c = 0 } = part?.kdfparams ?? {};
  const isBounded =
    128 * Number(n) * Number(r) <= MOST_WORK.scryptBytes &&
    Number(p) <= MOST_WORK.scryptRuns &&
    Number(c) <= MOST_WORK.pbkdf2Rounds;
  if (isBounded) return;
  const message = `${path}: its password would take more memory or time than any wallet's`;
  throw new CommonweightError(keystoreErrors.unreadable, message);
}

/** Decrypts a keystore. @throws CW2380, CW2381 */
export async function openKeystore(path: string, password: string): Promise<OpenedKey> {
  const { json } = await readKeystore(path);
  requireBoundedWork(path, json);
  try {
    const { address, privateKey } = await Wallet.fromEncryptedJson(json, password);
    return { address, privateKey };
  } catch (cause) {
    const isPassword = String(cause).includes("incorrect password");
    throw isPassword
      ? new CommonweightError(keystoreErrors.wrongPassword, path, { cause })
      : new CommonweightError(keystoreErrors.unreadable, `${path}: it is damaged`, { cause });
  }
}
