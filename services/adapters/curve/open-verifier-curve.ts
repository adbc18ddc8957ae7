import type { G2Point, PointArithmetic } from "../../protocol/curve.ts";
import { DEVELOPMENT_TAU_G2 } from "./development-tau.ts";
import { createPointArithmetic } from "./point-arithmetic.ts";
import { buildWasmProgram } from "./wasm-program.ts";

/**
 * Opens what verifying takes: arithmetic on points and pairings on the calling thread, with no powers of tau, no
 * worker and no file. Runs in Node and in the browser.
 *
 * @param options.tauG2 tau in G2 of the network's setup, as its verifier contract has it; the development setup's when
 * left out, whose secret is public.
 */
export async function openVerifierCurve(
  options: { readonly tauG2?: G2Point | undefined } = {},
): Promise<PointArithmetic & AsyncDisposable> {
  const { bn } = await buildWasmProgram();
  return {
    ...createPointArithmetic(bn, options.tauG2 ?? DEVELOPMENT_TAU_G2),
    [Symbol.asyncDispose]: () => bn.terminate(),
  };
}
