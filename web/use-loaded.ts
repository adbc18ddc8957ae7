import { type DependencyList, useCallback, useEffect, useRef, useState } from "react";

/** A value on its way. */
export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: unknown };

/** A value, and ways to have it loaded again. */
export interface Loading<T> {
  readonly loaded: Loaded<T>;
  /** Loads it as if for the first time. */
  readonly reload: () => void;
  /** Loads it behind the scenes: what there is stays until the new value is there. */
  readonly refresh: () => void;
}

/** Loads a value again whenever `inputs` change, and when asked to; an answer that comes late is dropped. */
export function useLoaded<T>(load: () => Promise<T>, inputs: DependencyList): Loading<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);
  const isQuiet = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what `load` depends on
  useEffect(() => {
    let isCurrent = true;
    if (!isQuiet.current) setLoaded({ state: "loading" });
    isQuiet.current = false;
    load().then(
      (value) => isCurrent && setLoaded({ state: "ready", value }),
      (error: unknown) => isCurrent && setLoaded({ state: "failed", error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [...inputs, attempt]);
  const again = useCallback((isHidden: boolean) => {
    isQuiet.current = isHidden;
    setAttempt((count) => count + 1);
  }, []);
  return {
    loaded,
    reload: useCallback(() => again(false), [again]),
    refresh: useCallback(() => again(true), [again]),
  };
}
