import { openCurve, startCurveEngine } from "../../adapters/curve/open-curve.ts";
import type { Curve } from "../../protocol/curve.ts";

/** Curves by the size of the models they commit to, each opened once. */
export interface Curves {
  /** @throws as `openCurve`; asked again, it is tried again. */
  forSize(parameterCount: number): Promise<Curve>;
  close(): Promise<void>;
}

/** Starts program and threads at once, for all sizes together; a size's powers are loaded when it is asked for. */
export function createCurves(
  options: Omit<Parameters<typeof openCurve>[0], "parameterCount" | "engine">,
): Curves {
  const starting = startCurveEngine(options);
  // Said when a curve is needed.
  starting.catch(() => undefined);
  const opened = new Map<number, Promise<Curve>>();
  const open = async (parameterCount: number): Promise<Curve> =>
    openCurve({ ...options, parameterCount, engine: await starting });
  return {
    forSize: (parameterCount) => {
      const known = opened.get(parameterCount);
      if (known) return known;
      const opening = open(parameterCount);
      opened.set(parameterCount, opening);
      opening.catch(() => opened.delete(parameterCount));
      return opening;
    },
    close: async () => {
      await Promise.allSettled(opened.values());
      const engine = await starting.catch(() => undefined);
      await engine?.[Symbol.asyncDispose]();
    },
  };
}
