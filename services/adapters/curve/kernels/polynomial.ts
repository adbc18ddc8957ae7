import type { WasmModuleBuilder } from "ffjavascript";
import { countDown, countUp, element } from "./loops.ts";

const BYTES = 32;

/** Adds the loops over coefficient vectors: `wasm_multiply`, `wasm_addScaled`, `wasm_horner` and `wasm_divide`. */
export function buildPolynomial(module: WasmModuleBuilder): void {
  buildMultiply(module);
  buildAddScaled(module);
  buildHorner(module);
  buildDivide(module);
}

/** `wasm_multiply(data, factors, rows, width)`: row k, of `width` scalars, times `factors[k]`. */
function buildMultiply(module: WasmModuleBuilder): void {
  const f = module.addFunction("wasm_multiply");
  for (const name of ["data", "factors", "rows", "width"]) f.addParam(name, "i32");
  f.addLocal("row", "i32");
  f.addLocal("column", "i32");
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  const factor = element(c, get("factors"), get("row"), BYTES);
  f.addCode(
    countUp(c, "row", get("rows"), [
      countUp(c, "column", get("width"), [
        c.call("frm_mul", get("data"), factor, get("data")),
        c.setLocal("data", c.i32_add(get("data"), c.i32_const(BYTES))),
      ]),
    ]),
  );
  module.exportFunction("wasm_multiply");
}

/** `wasm_addScaled(sum, data, count, weight)`: `sum[k] += weight * data[k]`. */
function buildAddScaled(module: WasmModuleBuilder): void {
  const temporary = module.alloc(BYTES);
  const f = module.addFunction("wasm_addScaled");
  for (const name of ["sum", "data", "count", "weight"]) f.addParam(name, "i32");
  f.addLocal("k", "i32");
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  const swap = c.i32_const(temporary);
  const target = element(c, get("sum"), get("k"), BYTES);
  f.addCode(
    countUp(c, "k", get("count"), [
      c.call("frm_mul", element(c, get("data"), get("k"), BYTES), get("weight"), swap),
      c.call("frm_add", target, swap, target),
    ]),
  );
  module.exportFunction("wasm_addScaled");
}

/** `wasm_horner(data, count, point, value)`: `value = value * point^count + sum_k data[k] * point^k`. */
function buildHorner(module: WasmModuleBuilder): void {
  const f = module.addFunction("wasm_horner");
  for (const name of ["data", "count", "point", "value"]) f.addParam(name, "i32");
  f.addLocal("k", "i32");
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  f.addCode(
    countDown(c, "k", get("count"), [
      c.call("frm_mul", get("value"), get("point"), get("value")),
      c.call("frm_add", get("value"), element(c, get("data"), get("k"), BYTES), get("value")),
    ]),
  );
  module.exportFunction("wasm_horner");
}

/**
 * `wasm_divide(data, count, point, carry)`: one piece of the division by `X - point`, from the top down:
 * `data[k]` becomes the carry, and the carry becomes `data[k] + point * carry`.
 */
function buildDivide(module: WasmModuleBuilder): void {
  const temporary = module.alloc(BYTES);
  const f = module.addFunction("wasm_divide");
  for (const name of ["data", "count", "point", "carry"]) f.addParam(name, "i32");
  f.addLocal("k", "i32");
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  const swap = c.i32_const(temporary);
  const entry = element(c, get("data"), get("k"), BYTES);
  f.addCode(
    countDown(c, "k", get("count"), [
      c.call("frm_mul", get("carry"), get("point"), swap),
      c.call("frm_add", swap, entry, swap),
      c.call("frm_copy", get("carry"), entry),
      c.call("frm_copy", swap, get("carry")),
    ]),
  );
  module.exportFunction("wasm_divide");
}
