import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const PAGE_KB = 4;

/** Process group (fifth field) and resident pages (24th) of Linux's `/proc/<pid>/stat`; the name may hold spaces. */
function parseStat(stat: string): { group: number; residentKb: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { group: Number(fields[2]), residentKb: Number(fields[21]) * PAGE_KB };
}

async function fromProc(group: number): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => null)),
  );
  return stats
    .filter((stat) => stat !== null)
    .map(parseStat)
    .filter((process) => process.group === group)
    .reduce((sum, { residentKb }) => sum + residentKb, 0);
}

async function fromPs(group: number): Promise<number> {
  const { stdout } = await run("ps", ["-A", "-o", "pgid=,rss="]);
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([pgid]) => pgid === group)
    .reduce((sum, [, kb]) => sum + (kb ?? 0), 0);
}

/** Resident memory of all processes of a group together, in MB: from `/proc` on Linux, from `ps` elsewhere. */
export async function residentMemoryMb(processGroup: number): Promise<number> {
  const kilobytes = await (process.platform === "linux" ? fromProc : fromPs)(processGroup);
  return kilobytes / 1024;
}
