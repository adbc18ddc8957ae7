import { type DependencyList, useCallback, useEffect, useState } from "react";

/** A value on its way. */
export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: unknown };

/** Loads a value again whenever `inputs` change, and on `reload`; an answer that comes late is dropped. */
export function useLoaded<T>(
  load: () => Promise<T>,
  inputs: DependencyList,
): { readonly loaded: Loaded<T>; readonly reload: () => void } {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what `load` depends on
  useEffect(() => {
    let isCurrent = true;
    setLoaded({ state: "loading" });
    load().then(
      (value) => isCurrent && setLoaded({ state: "ready", value }),
      (error: unknown) => isCurrent && setLoaded({ state: "failed", error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [...inputs, attempt]);
  return { loaded, reload: useCallback(() => setAttempt((count) => count + 1), []) };
}
