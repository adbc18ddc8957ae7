import { loadPowers } from "../../services/adapters/curve/load-powers.ts";
import { startCurveEngine } from "../../services/adapters/curve/open-curve.ts";
import { g1Point } from "../../services/adapters/curve/point-arithmetic.ts";
import { littleEndianBytes } from "../../services/adapters/curve/scalar-bytes.ts";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { fieldElements, smallIntegers } from "./inputs.ts";
import { type Contestant, measureCpu } from "./operation.ts";

function littleEndianList(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 32);
  for (const [index, value] of values.entries()) bytes.set(littleEndianBytes(value), index * 32);
  return bytes;
}

/** The library that snarkjs computes with, and our kernels are linked into: its own multi-scalar multiplication. */
export async function openFfjavascript(length: number): Promise<Contestant> {
  const engine = await startCurveEngine({ threads: 1 });
  const { bn, pool } = engine;
  const { g1 } = await loadPowers(bn, pool, { parameterCount: length });
  const bases = new Uint8Array(g1);
  const scalars = littleEndianList(fieldElements(length));
  // It knows no negative numbers.
  const integers = littleEndianList(
    Array.from(smallIntegers(length), (value) => (BigInt(value) + SCALAR_FIELD) % SCALAR_FIELD),
  );
  return {
    name: "ffjavascript",
    async measure(operation) {
      if (operation === "autocorrelation") return undefined;
      const [sum, cpuSeconds] = await measureCpu(() =>
        bn.G1.multiExpAffine(bases, operation === "integers" ? integers : scalars),
      );
      return { point: g1Point(bn, sum), cpuSeconds };
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
