import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { databaseErrors } from "../../adapters/database.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { StoredKey } from "./stored-key.ts";

/** A released key and its round. */
export interface LoggedKey extends StoredKey {
  readonly projectId: string;
  readonly roundIndex: number;
}

/**
 * The released keys once more, in a file that only grows. They alone cannot be had again: whoever holds our receipt does not
 * send its key twice, and need not.
 */
export interface KeyLog {
  /** On disk when it returns. @throws CW2701 */
  append(key: LoggedKey): void;
  /** All keys; a last line that a crash cut short is left out. */
  read(): LoggedKey[];
}

/** Opens the log; the file appears with the first key. */
export function openKeyLog(path: string): KeyLog {
  return {
    append: (key) => {
      try {
        const file = openSync(path, "a", 0o600);
        try {
          // Begins with the line's end: what a crash cut short does not swallow what follows. All of it or an error, where a single
          // write to a full disk may end early and say nothing.
          writeFileSync(file, `\n${JSON.stringify(key)}`);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
      } catch (cause) {
        throw new CommonweightError(databaseErrors.cannotWrite, path, { cause });
      }
    },
    read: () => {
      if (!existsSync(path)) return [];
      return readFileSync(path, "utf8")
        .split("\n")
        .flatMap((line): LoggedKey[] => {
          try {
            return line === "" ? [] : [JSON.parse(line) as LoggedKey];
          } catch {
            return [];
          }
        });
    },
  };
}
