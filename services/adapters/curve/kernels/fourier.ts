import type { WasmModuleBuilder } from "ffjavascript";
import { countUp, element } from "./loops.ts";

const BYTES = 32;

/**
 * Adds `wasm_fourier(data, count, width, roots)`: the discrete Fourier transform of `width` interleaved sequences of
 * `count` scalars (`data[k * width + column]`), in place, by decimation in frequency: natural order in, bit-reversed
 * order out. `roots` holds `w^0 .. w^(count/2 - 1)`.
 *
 * And `wasm_fourierInverse`: decimation in time, bit-reversed order in, natural order out; give it the inverse roots,
 * and scale by `1 / count` yourself.
 */
export function buildFourier(module: WasmModuleBuilder): void {
  build(module, "wasm_fourier", true);
  build(module, "wasm_fourierInverse", false);
}

function build(module: WasmModuleBuilder, name: string, isForward: boolean): void {
  const swap = module.alloc(BYTES);
  const f = module.addFunction(name);
  for (const param of ["data", "count", "width", "roots"]) f.addParam(param, "i32");
  for (const local of ["half", "step", "start", "j", "column", "upper", "lower", "root"]) {
    f.addLocal(local, "i32");
  }
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  const one = c.i32_const(1);
  const temporary = c.i32_const(swap);
  const rowAddress = (row: number[] | readonly number[]) =>
    element(c, get("data"), c.i32_mul(row, get("width")), BYTES);

  const butterfly = isForward
    ? [
        c.call("frm_sub", get("upper"), get("lower"), temporary),
        c.call("frm_add", get("upper"), get("lower"), get("upper")),
        c.call("frm_mul", temporary, get("root"), get("lower")),
      ]
    : [
        c.call("frm_mul", get("lower"), get("root"), temporary),
        c.call("frm_sub", get("upper"), temporary, get("lower")),
        c.call("frm_add", get("upper"), temporary, get("upper")),
      ];
  const advance = (pointer: string) =>
    c.setLocal(pointer, c.i32_add(get(pointer), c.i32_const(BYTES)));
  const rows = countUp(c, "j", get("half"), [
    c.setLocal("root", element(c, get("roots"), c.i32_mul(get("j"), get("step")), BYTES)),
    c.setLocal("upper", rowAddress(c.i32_add(get("start"), get("j")))),
    c.setLocal("lower", rowAddress(c.i32_add(c.i32_add(get("start"), get("j")), get("half")))),
    countUp(c, "column", get("width"), [...butterfly, advance("upper"), advance("lower")]),
  ]);
  const halve = (name: string) => c.setLocal(name, c.i32_shr_u(get(name), one));
  const double = (name: string) => c.setLocal(name, c.i32_shl(get(name), one));

  f.addCode(
    c.setLocal("half", isForward ? c.i32_shr_u(get("count"), one) : one),
    c.setLocal("step", isForward ? one : c.i32_shr_u(get("count"), one)),
    c.block(
      c.loop(
        c.br_if(1, isForward ? c.i32_eqz(get("half")) : c.i32_ge_u(get("half"), get("count"))),
        c.setLocal("start", c.i32_const(0)),
        c.block(
          c.loop(
            c.br_if(1, c.i32_ge_u(get("start"), get("count"))),
            rows,
            c.setLocal("start", c.i32_add(get("start"), c.i32_shl(get("half"), one))),
            c.br(0),
          ),
        ),
        isForward ? halve("half") : double("half"),
        isForward ? double("step") : halve("step"),
        c.br(0),
      ),
    ),
  );
  module.exportFunction(name);
}
