import { openCurve, startCurveEngine } from "../../adapters/curve/open-curve.ts";
import type { Curve } from "../../protocol/curve.ts";

/** A curve for the models of all projects: smaller ones need the first powers of what larger ones need. */
export interface Curves {
  /** A curve with at least so many powers. @throws as `openCurve`; asked again, it is tried again. */
  forSize(parameterCount: number): Promise<Curve>;
  close(): Promise<void>;
}

/**
 * Starts program and threads at once; powers are loaded when they are asked for. Only the largest set stays in memory: anybody may post
 * projects of every size up to sixteen million, whose powers take a gigabyte.
 */
export function createCurves(
  options: Omit<Parameters<typeof openCurve>[0], "parameterCount" | "engine">,
): Curves {
  const starting = startCurveEngine(options);
  // Said when a curve is needed.
  starting.catch(() => undefined);
  const waiting = new Map<number, PromiseWithResolvers<Curve>>();
  let largest: Curve | undefined;
  let loading: Promise<void> | undefined;

  /** The largest first, which serves the others, too; one that cannot be opened harms no other. */
  async function load(): Promise<void> {
    while (waiting.size > 0) {
      const parameterCount = Math.max(...waiting.keys());
      try {
        largest = await openCurve({ ...options, parameterCount, engine: await starting });
        for (const [size, { resolve }] of waiting) {
          if (size > parameterCount) continue;
          resolve(largest);
          waiting.delete(size);
        }
      } catch (error) {
        waiting.get(parameterCount)?.reject(error);
        waiting.delete(parameterCount);
      }
    }
    loading = undefined;
  }

  return {
    forSize: (parameterCount) => {
      if (largest && largest.parameterCount >= parameterCount) return Promise.resolve(largest);
      const asked = waiting.get(parameterCount) ?? Promise.withResolvers<Curve>();
      waiting.set(parameterCount, asked);
      loading ??= load();
      return asked.promise;
    },
    close: async () => {
      await loading;
      const engine = await starting.catch(() => undefined);
      await engine?.[Symbol.asyncDispose]();
    },
  };
}
