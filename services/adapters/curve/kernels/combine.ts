import type { WasmCode, WasmModuleBuilder } from "ffjavascript";
import { countUp, element } from "./loops.ts";

const BYTES = 32;
const LIMBS = 8;
const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

function littleEndian(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

/**
 * Adds `wasm_accumulate16` and `wasm_accumulate32(sums, values, count, weight)`: `sums[k] += weight * values[k]` for
 * small signed integers, without any carry or reduction, and `wasm_reduceSums(sums, count, out)`, which does both at
 * the end. `sums` has eight 64-bit limbs of weight 2^32 an entry, so one pass over 32 slots costs eight plain
 * multiplications an integer instead of a field multiplication.
 *
 * Bound: a limb grows by at most 2^32 * 2^31 with 32-bit and 2^32 * 2^15 with 16-bit integers; one 32-bit vector whose
 * entries are below 2^30 and 32 16-bit vectors stay below 2^63.
 */
export function buildCombine(module: WasmModuleBuilder): void {
  buildAccumulate(module, 2);
  buildAccumulate(module, 4);
  buildReduceSums(module);
}

function buildAccumulate(module: WasmModuleBuilder, size: 2 | 4): void {
  const name = `wasm_accumulate${size * 8}`;
  const f = module.addFunction(name);
  for (const param of ["sums", "values", "count", "weight"]) f.addParam(param, "i32");
  f.addLocal("k", "i32");
  f.addLocal("value", "i64");
  for (let limb = 0; limb < LIMBS; limb++) f.addLocal(`w${limb}`, "i64");
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  const weights: WasmCode[] = [];
  const sums: WasmCode[] = [];
  for (let limb = 0; limb < LIMBS; limb++) {
    weights.push(c.setLocal(`w${limb}`, c.i64_load32_u(get("weight"), limb * 4)));
    const product = c.i64_mul(get("value"), get(`w${limb}`));
    const sum = c.i64_add(c.i64_load(get("sums"), limb * 8), product);
    sums.push(c.i64_store(get("sums"), limb * 8, sum));
  }
  const address = element(c, get("values"), get("k"), size);
  f.addCode(
    ...weights,
    countUp(c, "k", get("count"), [
      c.setLocal("value", size === 2 ? c.i64_load16_s(address) : c.i64_load32_s(address)),
      ...sums,
      c.setLocal("sums", c.i32_add(get("sums"), c.i32_const(LIMBS * 8))),
    ]),
  );
  module.exportFunction(name);
}

function buildReduceSums(module: WasmModuleBuilder): void {
  // 2^32 * r outweighs any sum below zero, and vanishes modulo r.
  const offset = R << 32n;
  const oneMontgomery = module.alloc(BYTES, littleEndian((1n << 256n) % R, BYTES));
  const square = module.alloc(BYTES, littleEndian((1n << 512n) % R, BYTES));
  const low = module.alloc(BYTES);
  const high = module.alloc(BYTES);
  const f = module.addFunction("wasm_reduceSums");
  for (const param of ["sums", "count", "out"]) f.addParam(param, "i32");
  f.addLocal("k", "i32");
  f.addLocal("carry", "i64");
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  const at = c.i32_const.bind(c);
  const normalise: WasmCode[] = [c.setLocal("carry", c.i64_const(0))];
  for (let limb = 0; limb < LIMBS; limb++) {
    const part = limb < LIMBS - 1 ? (offset >> BigInt(32 * limb)) & 0xffffffffn : offset >> 224n;
    const lifted = c.i64_add(c.i64_load(get("sums"), limb * 8), c.i64_const(part));
    normalise.push(
      c.setLocal("carry", c.i64_add(get("carry"), lifted)),
      c.i64_store32(at(low), limb * 4, get("carry")),
      c.setLocal("carry", c.i64_shr_s(get("carry"), c.i64_const(32))),
    );
  }
  f.addCode(
    countUp(c, "k", get("count"), [
      ...normalise,
      c.call("frm_zero", at(high)),
      c.i64_store(at(high), 0, get("carry")),
      c.call("frm_mul", at(low), at(oneMontgomery), get("out")),
      c.call("frm_mul", at(high), at(square), at(high)),
      c.call("frm_add", get("out"), at(high), get("out")),
      c.setLocal("sums", c.i32_add(get("sums"), at(LIMBS * 8))),
      c.setLocal("out", c.i32_add(get("out"), at(BYTES))),
    ]),
  );
  module.exportFunction("wasm_reduceSums");
}
