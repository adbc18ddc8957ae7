import { openCurve } from "../adapters/curve/open-curve.ts";
import type { Curve } from "../protocol/curve.ts";

/** Curves by the size of the models they commit to, each opened once. */
export interface Curves {
  forSize(parameterCount: number): Promise<Curve>;
  close(): Promise<void>;
}

/** Opens curves as they are asked for. */
export function createCurves(
  options: Omit<Parameters<typeof openCurve>[0], "parameterCount">,
): Curves {
  const opened = new Map<number, ReturnType<typeof openCurve>>();
  return {
    forSize: (parameterCount) => {
      const known = opened.get(parameterCount);
      if (known) return known;
      const opening = openCurve({ ...options, parameterCount });
      opened.set(parameterCount, opening);
      return opening;
    },
    close: async () => {
      for (const curve of opened.values()) await (await curve)[Symbol.asyncDispose]();
    },
  };
}
