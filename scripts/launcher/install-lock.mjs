import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 300;
/** Programs that start together wait for each other for a moment, which nobody needs to be told. */
const QUIET_POLLS = 8;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM"; // alive, somebody else's
  }
}

/** The process that holds the lock; undefined when it is gone or was killed before it wrote its number. */
function holderOf(folder) {
  try {
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs `install` while no other launcher installs into the same folder: `npm start` and `npm test` in two terminals
 * of a fresh clone would otherwise delete each other's files. A lock whose holder has died is taken over.
 *
 * @template T
 * @param {{ root: string, log: (line: string) => void }} options
 * @param {() => Promise<T>} install
 * @returns {Promise<T>}
 */
export async function withInstallLock({ root, log }, install) {
  const folder = join(root, ".node.lock");
  let polls = 0;
  let orphanPolls = 0;
  for (;;) {
    try {
      mkdirSync(folder);
      break;
    } catch (error) {
      // A folder that cannot be written needs no lock: nothing can be installed there.
      if (error.code !== "EEXIST") return await install();
    }
    const holder = holderOf(folder);
    orphanPolls = holder === undefined ? orphanPolls + 1 : 0;
    // Not at once: the holder may be between making the folder and writing its number.
    if (orphanPolls > 3) rmSync(folder, { recursive: true, force: true });
    else {
      if (holder !== undefined && ++polls === QUIET_POLLS) {
        log(`waiting for the install of process ${holder}`);
      }
      await sleep(POLL_MS);
    }
  }
  try {
    writeFileSync(join(folder, "pid"), String(process.pid));
    return await install();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
