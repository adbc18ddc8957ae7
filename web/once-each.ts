/**
 * Asks for each key once, and shares the answer; after a failure it is asked again.
 *
 * @example const token = onceEach((address: string) => describeToken(chain, address));
 */
export function onceEach<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const asked = read(key);
    known.set(key, asked);
    asked.catch(() => known.delete(key));
    return asked;
  };
}
