import type { WasmCode, WasmCodeBuilder } from "ffjavascript";

/** `for (name = 0; name < limit; name++) body`; `name` is an i32 local that the caller has declared. */
export function countUp(
  c: WasmCodeBuilder,
  name: string,
  limit: WasmCode,
  body: readonly WasmCode[],
): WasmCode {
  return [
    ...c.setLocal(name, c.i32_const(0)),
    ...c.block(
      c.loop(
        c.br_if(1, c.i32_ge_u(c.getLocal(name), limit)),
        ...body,
        c.setLocal(name, c.i32_add(c.getLocal(name), c.i32_const(1))),
        c.br(0),
      ),
    ),
  ];
}

/** `for (name = count; name-- > 0;) body`. */
export function countDown(
  c: WasmCodeBuilder,
  name: string,
  count: WasmCode,
  body: readonly WasmCode[],
): WasmCode {
  return [
    ...c.setLocal(name, count),
    ...c.block(
      c.loop(
        c.br_if(1, c.i32_eqz(c.getLocal(name))),
        c.setLocal(name, c.i32_sub(c.getLocal(name), c.i32_const(1))),
        ...body,
        c.br(0),
      ),
    ),
  ];
}

/** Address of element `index` of an array of `size`-byte elements. */
export function element(
  c: WasmCodeBuilder,
  base: WasmCode,
  index: WasmCode,
  size: number,
): WasmCode {
  return c.i32_add(base, c.i32_mul(index, c.i32_const(size)));
}
