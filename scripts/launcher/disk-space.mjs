import { statfsSync } from "node:fs";
import { LauncherFailure, launcherErrors } from "./failure.mjs";

/**
 * Refuses to begin what will not fit: npm does not always notice a full disk.
 *
 * @param {string} folder An existing folder on the disk in question.
 * @param {number} neededBytes
 */
export function requireDiskSpace(folder, neededBytes) {
  if (statfsSync === undefined) return; // Node before 18.15 cannot tell
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  throw new LauncherFailure(
    launcherErrors.diskFull,
    `${megabytes(freeBytes)} free, ${megabytes(neededBytes)} needed`,
  );
}
