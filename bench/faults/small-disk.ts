import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A disk of its own, in memory, that can be filled. */
export interface SmallDisk {
  /** Writes until nothing more fits. @returns Makes room again. */
  fill(): () => void;
  unmount(): void;
}

/** Puts a small disk on a folder; undefined where this system or this user may not mount anything. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  const options = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder];
  if (spawnSync("mount", options).status !== 0) return undefined;
  const ballast = join(folder, "ballast");
  return {
    fill: () => {
      const file = openSync(ballast, "a");
      // The last crumbs, too: a page that is left is enough for a short row.
      for (let size = 2 ** 20; size > 0; size = Math.floor(size / 2)) {
        try {
          for (;;) if (writeSync(file, new Uint8Array(size)) < size) break;
        } catch {
          // Full for pieces of this size.
        }
      }
      closeSync(file);
      return () => rmSync(ballast, { force: true });
    },
    unmount: () => {
      spawnSync("umount", ["-l", folder]);
    },
  };
}
