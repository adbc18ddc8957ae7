import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";

/** How many of a long list are shown at first. */
const SHOWN = 20;
/** So many more are shown at once: a button for a few rows helps nobody. */
const SPARE = 5;

/**
 * The newest of a list, and a button for the rest: a project of two hundred rounds would be fifty screens long.
 *
 * @param items From the oldest to the newest.
 * @param what What they are, in the plural.
 */
export function useNewest<T>(
  items: readonly T[],
  what: string,
): { readonly shown: readonly T[]; readonly button: ReactNode } {
  const [isWhole, setIsWhole] = useState(false);
  if (items.length <= SHOWN + SPARE) return { shown: items, button: null };
  return {
    shown: isWhole ? items : items.slice(-SHOWN),
    button: (
      <Button mt="xs" size="xs" variant="default" onClick={() => setIsWhole(!isWhole)}>
        {isWhole
          ? `Show the newest ${SHOWN} ${what} only`
          : `Show all ${items.length.toLocaleString("en")} ${what}`}
      </Button>
    ),
  };
}
