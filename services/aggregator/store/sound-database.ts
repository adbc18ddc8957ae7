import { existsSync, renameSync, rmSync } from "node:fs";
import { type Database, databaseErrors } from "../../adapters/database.ts";
import { CommonweightError } from "../../protocol/errors.ts";

/** @throws CW2700 when pages of the file contradict each other, which SQLite notices only when it comes by. */
export function requireSound(database: Database, path: string): void {
  let found: unknown;
  try {
    found = Object.values(database.get("PRAGMA quick_check(1)") ?? {})[0];
  } catch (cause) {
    database.close();
    throw new CommonweightError(databaseErrors.cannotOpen, path, { cause });
  }
  if (found === "ok") return;
  database.close();
  throw new CommonweightError(databaseErrors.cannotOpen, `${path}: ${String(found)}`);
}

/**
 * Opens a database whose content can be had again; a damaged file is set aside and a new one begun.
 *
 * @param onSetAside Told where the damaged file is now.
 */
export function openOrBegin<T>(
  path: string,
  open: (path: string) => T,
  onSetAside: (aside: string, cause: unknown) => void,
): T {
  try {
    return open(path);
  } catch (cause) {
    const isDamaged =
      cause instanceof CommonweightError && cause.code === databaseErrors.cannotOpen.code;
    if (!isDamaged || !existsSync(path)) throw cause;
    const aside = `${path}.damaged`;
    renameSync(path, aside);
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    onSetAside(aside, cause);
    return open(path);
  }
}
