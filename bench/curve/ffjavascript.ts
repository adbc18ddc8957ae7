import { loadPowers } from "../../services/adapters/curve/load-powers.ts";
import { startCurveEngine } from "../../services/adapters/curve/open-curve.ts";
import { g1Point } from "../../services/adapters/curve/point-arithmetic.ts";
import {
  littleEndianBytes,
  littleEndianNumber,
} from "../../services/adapters/curve/scalar-bytes.ts";
import { BASE_FIELD } from "../../services/protocol/curve.ts";
import { fieldElements, smallIntegers } from "./inputs.ts";
import { type Contestant, measureCpu } from "./operation.ts";

const POINT_BYTES = 64;

function littleEndianList(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 32);
  for (const [index, value] of values.entries()) bytes.set(littleEndianBytes(value), index * 32);
  return bytes;
}

/** The library takes short scalars, but no negative ones: their bases are negated instead. */
function withoutSigns(bases: Uint8Array, values: Int16Array) {
  const signed = bases.slice();
  const magnitudes = Uint16Array.from(values, Math.abs);
  for (const [index, value] of values.entries()) {
    if (value >= 0) continue;
    const y = signed.subarray(index * POINT_BYTES + 32, (index + 1) * POINT_BYTES);
    y.set(littleEndianBytes(BASE_FIELD - littleEndianNumber(y)));
  }
  return { signed, magnitudes: new Uint8Array(magnitudes.buffer) };
}

/** The library that snarkjs computes with, and our kernels are linked into: its own multi-scalar multiplication. */
export async function openFfjavascript(length: number): Promise<Contestant> {
  const engine = await startCurveEngine({ threads: 1 });
  const { bn, pool } = engine;
  const { g1 } = await loadPowers(bn, pool, { parameterCount: length });
  const bases = new Uint8Array(g1);
  const scalars = littleEndianList(fieldElements(length));
  const { signed, magnitudes } = withoutSigns(bases, smallIntegers(length));
  return {
    name: "ffjavascript",
    async measure(operation) {
      if (operation === "autocorrelation") return undefined;
      const [sum, cpuSeconds] = await measureCpu(() =>
        operation === "integers"
          ? bn.G1.multiExpAffine(signed, magnitudes)
          : bn.G1.multiExpAffine(bases, scalars),
      );
      return { point: g1Point(bn, sum), cpuSeconds };
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
