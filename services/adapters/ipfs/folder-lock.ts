import { open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { makeFolder } from "../make-folder.ts";

/**
 * Takes a node's folder for this process, through a file that names it; a lock left behind by a process that has died is taken over.
 *
 * @returns the function that gives the folder back.
 * @throws CommonweightError CW2409 when a living process holds it: two nodes on one folder would corrupt the pins.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  makeFolder(folder);
  const path = join(folder, "lock");
  for (;;) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return async () => unlink(path).catch(() => {});
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new CommonweightError(contentStoreErrors.storeFailed, `cannot write to ${folder}`, {
          cause,
        });
      }
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (isAlive(holder)) {
      throw new CommonweightError(
        contentStoreErrors.folderInUse,
        `process ${holder} runs a node on ${folder}`,
        { details: { folder, pid: holder } },
      );
    }
    await unlink(path).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
