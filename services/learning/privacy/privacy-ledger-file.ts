import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import type { LedgerStorage } from "./privacy-ledger.ts";

/**
 * A privacy ledger in a file, readable by its owner only. A write is complete or did not happen, also when the machine
 * fails: what was spent must not be forgotten.
 */
export function privacyLedgerFile(path: string): LedgerStorage {
  return {
    read: async () => {
      try {
        return await readFile(path, "utf8");
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw new CommonweightError(learningErrors.privacyLedgerDamaged, path, { cause });
      }
    },
    write: async (text) => {
      const temporary = `${path}.new`;
      const file = await open(temporary, "w", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      const folder = await open(dirname(path), "r");
      // The rename itself is durable only after the folder is.
      await folder.sync().finally(() => folder.close());
    },
  };
}
