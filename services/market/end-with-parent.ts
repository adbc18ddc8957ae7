/**
 * Loaded into every process of the market (`node --import`): ends it when the market's own process is gone, even if that was
 * killed and could not say goodbye. Otherwise a killed terminal would leave a dozen processes behind.
 */
import { isMainThread } from "node:worker_threads";

const CHECK_EVERY_MS = 500;
const parent = process.ppid;

function isParentAlive(): boolean {
  // Where the system re-parents orphans the number changes; elsewhere asking for the process fails.
  if (process.ppid !== parent) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch {
    return false;
  }
}

if (isMainThread) {
  let wasAsked = false;
  setInterval(() => {
    if (isParentAlive()) return;
    process.kill(process.pid, wasAsked ? "SIGKILL" : "SIGTERM");
    wasAsked = true;
  }, CHECK_EVERY_MS).unref();
}
