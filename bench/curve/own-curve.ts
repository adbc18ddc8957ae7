import { openCurve, startCurveEngine } from "../../services/adapters/curve/open-curve.ts";
import type { ScalarVector } from "../../services/protocol/curve.ts";
import { fieldElements, smallIntegers } from "./inputs.ts";
import { type Contestant, measureCpu } from "./operation.ts";

/** The curve of this project, over the development powers of tau. */
export async function openOwnCurve(length: number): Promise<Contestant> {
  const engine = await startCurveEngine({ threads: 1 });
  const curve = await openCurve({ parameterCount: length, engine });
  const scalars = await curve.combine([fieldElements(length)], [1n], { length });
  const integers = smallIntegers(length);
  const commitTo = async (measured: Promise<[ScalarVector, number]>) => {
    const [vector, cpuSeconds] = await measured;
    return { point: await curve.commitScalars(vector), cpuSeconds };
  };
  return {
    name: "here",
    async measure(operation) {
      if (operation === "autocorrelation") {
        return commitTo(measureCpu(() => curve.autocorrelation(scalars)));
      }
      const [point, cpuSeconds] = await measureCpu(() =>
        operation === "integers" ? curve.commitIntegers(integers) : curve.commitScalars(scalars),
      );
      return { point, cpuSeconds };
    },
    async [Symbol.asyncDispose]() {
      await curve[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}
