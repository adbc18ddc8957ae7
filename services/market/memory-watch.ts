import { readFile } from "node:fs/promises";

const EVERY_MS = 3000;
/** So much more than ever before is worth a closer look. */
const GROWTH = 1.02;

/** Watches how much memory a set of processes takes together. */
export interface MemoryWatch {
  /** The most so far, in MB; null where the system does not tell (it does on Linux). */
  peakMb(): number | null;
  stop(): void;
}

/** Memory of a process in kB, where pages that several share count once for all of them; undefined when it is gone. */
async function proportionalKb(pid: number): Promise<number | undefined> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes);
}

/** Pages of a process that are in memory, shared ones included: never less than its proportional part. Costs nothing to ask. */
async function residentPages(pid: number): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return Number(statm.split(" ")[1] ?? 0);
}

/**
 * Looks every few seconds, so that a peak between two looks is missed. To tell a process's part the system walks through all its pages:
 * it is asked only when there are more pages than ever before, by two percent, or a market would spend a fortieth of its time on this.
 *
 * @param pids The processes there are now.
 */
export function watchMemory(pids: () => readonly number[]): MemoryWatch {
  let peakKb: number | null = null;
  let mostPages = 0;
  const look = async () => {
    const pages = await Promise.all(pids().map(residentPages));
    const together = pages.reduce((sum, each) => sum + each, 0);
    if (together <= GROWTH * mostPages) return;
    mostPages = together;
    const each = await Promise.all(pids().map(proportionalKb));
    const known = each.filter((kilobytes) => kilobytes !== undefined);
    if (known.length === 0) return;
    peakKb = Math.max(
      peakKb ?? 0,
      known.reduce((sum, kilobytes) => sum + kilobytes, 0),
    );
  };
  const timer = setInterval(() => void look(), EVERY_MS).unref();
  return {
    peakMb: () => (peakKb === null ? null : Math.round(peakKb / 1024)),
    stop: () => clearInterval(timer),
  };
}
