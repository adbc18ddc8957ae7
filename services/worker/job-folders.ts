import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Where a round's job for a training program of one's own lies. */
interface JobPlace {
  readonly projectId: bigint;
  readonly roundIndex: number;
}

const NAME = /^project-(\d+)-round-(\d+)$/;

/** The folder of a round's job. @param folder Of all jobs. */
export const jobFolder = (folder: string, { projectId, roundIndex }: JobPlace): string =>
  join(folder, `project-${projectId}-round-${roundIndex}`);

/**
 * Removes the job folders of a project's older rounds: each has a model and an update, and a project may have thousands. Never rejects:
 * what cannot be removed is in no round's way, and is tried again in the next one.
 *
 * @param keepRounds Rounds before this one whose folders stay.
 */
export async function removeOldJobs(
  folder: string,
  { projectId, roundIndex }: JobPlace,
  keepRounds: number,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const old = names.filter((name) => {
    const [, project, round] = NAME.exec(name) ?? [];
    return project === String(projectId) && Number(round) < roundIndex - keepRounds;
  });
  const remove = (name: string) => rm(join(folder, name), { recursive: true, force: true });
  await Promise.allSettled(old.map(remove));
}
