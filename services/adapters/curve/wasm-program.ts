import { type Bn128, buildBn128 } from "ffjavascript";
import { buildAddPairs } from "./kernels/add-pairs.ts";
import { buildCombine } from "./kernels/combine.ts";
import { buildFourier } from "./kernels/fourier.ts";
import { buildPolynomial } from "./kernels/polynomial.ts";

/** BN254 as ffjavascript builds it, with our kernels linked into the same wasm module. */
export interface WasmProgram {
  /** Field and group arithmetic for single elements, on the calling thread. */
  readonly bn: Bn128;
  /** The compiled module; workers instantiate it with a memory of their own. */
  readonly module: WebAssembly.Module;
}

/** Builds and compiles the wasm module, about a tenth of a second. Starts no thread: nothing to close. */
export async function buildWasmProgram(): Promise<WasmProgram> {
  const bn = await buildBn128(true, (module) => {
    buildAddPairs(module);
    buildCombine(module);
    buildFourier(module);
    buildPolynomial(module);
  });
  return { bn, module: await WebAssembly.compile(new Uint8Array(bn.tm.code)) };
}
