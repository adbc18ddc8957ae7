/** How long dialling may take: ten seconds unless told. */
export interface DialOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Addresses that are dialled at a time: whoever signs an update names thirty-two, as often as it likes, and anybody's. */
const MOST_DIALLED = 32;

/**
 * Dials addresses that others name: each once at a time, and no more than some at once. Who is left out loses nothing by it, since it
 * dials this side, too.
 *
 * @param dial May reject: then nobody is there.
 * @returns Resolves when the address was dialled, or left out.
 */
export function createDialSome(
  dial: (address: string, options?: DialOptions) => Promise<unknown>,
): (address: string, options?: DialOptions) => Promise<void> {
  const underWay = new Set<string>();
  return async (address, options) => {
    if (underWay.has(address) || underWay.size >= MOST_DIALLED) return;
    underWay.add(address);
    await dial(address, options)
      .catch(() => undefined)
      .finally(() => underWay.delete(address));
  };
}
