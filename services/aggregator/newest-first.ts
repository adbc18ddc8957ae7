/** Runs work of projects, some of it at a time. */
export type NewestFirst = <T>(projectId: bigint, work: () => Promise<T>) => Promise<T>;

/**
 * Makes a queue in which the newest project's work comes first: whoever has posted a thousand projects is in the way of nobody who posts
 * one after it.
 *
 * @param places Work that is under way at a time, however it ends.
 */
export function newestFirst(places: number): NewestFirst {
  const waiting: { readonly projectId: bigint; readonly start: () => void }[] = [];
  let free = places;
  const turn = (projectId: bigint): Promise<void> => {
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((start) => waiting.push({ projectId, start }));
  };
  const end = () => {
    if (waiting.length === 0) {
      free++;
      return;
    }
    const next = waiting.reduce((newest, each) =>
      each.projectId > newest.projectId ? each : newest,
    );
    waiting.splice(waiting.indexOf(next), 1);
    next.start();
  };
  return async (projectId, work) => {
    await turn(projectId);
    try {
      return await work();
    } finally {
      end();
    }
  };
}
