import { vi } from "vitest";

/** Not to judge speed: what never happens must end, also on a machine that does ten other things. */
const LONGEST_MS = 30_000;

/**
 * Tries a check again until it passes.
 *
 * @throws the check's own failure when it still fails after half a minute.
 */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: LONGEST_MS });
