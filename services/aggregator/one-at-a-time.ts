/**
 * Makes a queue: work handed to it begins when all that was handed in before has ended, however it ended.
 *
 * @example
 * const inTurn = oneAtATime();
 * await Promise.all([inTurn(prove), inTurn(prove)]); // the second begins after the first
 */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
