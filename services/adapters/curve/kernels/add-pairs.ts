import type { WasmModuleBuilder } from "ffjavascript";
import { countDown, countUp, element } from "./loops.ts";

const FIELD_BYTES = 32;
const POINT_BYTES = 64;
/** Additions whose operands are read ahead together; a power of two. */
const AHEAD = 16;

/** Bit of an operand's address that asks for the point's negative: points are 4-byte aligned, so it is free. */
export const NEGATE = 1;

/**
 * Adds `wasm.addPairs(pairs, count, out, scratch)`: `count` affine additions with one field inversion for all of them
 * (Montgomery's trick), six multiplications each where a Jacobian addition of an affine point takes eleven.
 *
 * `pairs` holds two 32-bit addresses an addition; bit 0 of an address negates that operand. Results go to `out`,
 * 64 bytes each; `scratch` needs 32 bytes an addition. Equal, opposite and infinite operands take a slow exact path.
 */
export function buildAddPairs(module: WasmModuleBuilder): void {
  const pointer = (bytes: number) => module.alloc(bytes);
  const [inverse, lambda, dx, leftNeg, rightNeg, jacobian] = [
    pointer(FIELD_BYTES),
    pointer(FIELD_BYTES),
    pointer(FIELD_BYTES),
    pointer(POINT_BYTES),
    pointer(POINT_BYTES),
    pointer(96),
  ] as const;
  const f = module.addFunction("wasm_addPairs");
  for (const name of ["pairs", "count", "out", "scratch"]) f.addParam(name, "i32");
  for (const name of ["i", "left", "right", "result", "prefix", "slow", "ahead", "limit"])
    f.addLocal(name, "i32");
  const c = f.getCodeBuilder();
  const get = c.getLocal.bind(c);
  const at = c.i32_const.bind(c);
  const y = (point: string) => c.i32_add(get(point), at(FIELD_BYTES));
  const pair = () => element(c, get("pairs"), get("i"), 8);

  const loadOperands = [
    c.setLocal("left", c.i32_load(pair(), 0)),
    c.setLocal("right", c.i32_load(pair(), 4)),
    c.setLocal("result", element(c, get("out"), get("i"), POINT_BYTES)),
    c.setLocal("prefix", element(c, get("scratch"), get("i"), FIELD_BYTES)),
  ];
  const clearFlags = (name: string) => c.setLocal(name, c.i32_and(get(name), at(0xfffffffc)));
  const negateIfAsked = (name: string, copy: number) =>
    c.if(c.i32_and(get(name), at(NEGATE)), [
      ...clearFlags(name),
      ...c.call("g1m_negAffine", get(name), at(copy)),
      ...c.setLocal(name, at(copy)),
    ]);

  // Operands lie anywhere in memory. Reading a word of each of the next few at once lets their cache misses overlap;
  // one by one, each would wait behind a chain of multiplications.
  const readAhead = [
    ...c.setLocal("limit", c.i32_sub(get("count"), get("i"))),
    ...c.if(c.i32_ge_u(get("limit"), at(AHEAD)), c.setLocal("limit", at(AHEAD))),
    ...countUp(c, "ahead", c.i32_shl(get("limit"), at(1)), [
      c.setLocal(
        "slow",
        c.i32_or(
          get("slow"),
          c.i32_load(
            c.i32_and(
              c.i32_load(c.i32_add(pair(), c.i32_shl(get("ahead"), at(2)))),
              at(0xfffffffc),
            ),
          ),
        ),
      ),
    ]),
  ];

  f.addCode(
    c.call("f1m_one", at(inverse)),
    countUp(c, "i", get("count"), [
      c.if(c.i32_eqz(c.i32_and(get("i"), at(AHEAD - 1))), readAhead),
      ...loadOperands,
      clearFlags("left"),
      clearFlags("right"),
      c.call("f1m_sub", get("right"), get("left"), get("result")),
      // x = 0 marks the point at infinity; the curve has at most two other points there, which the slow path also takes.
      c.if(
        c.i32_or(
          c.call("f1m_isZero", get("result")),
          c.i32_or(c.call("f1m_isZero", get("left")), c.call("f1m_isZero", get("right"))),
        ),
        [
          ...c.call("f1m_one", get("result")),
          ...c.i32_store(pair(), 0, c.i32_or(c.i32_load(pair(), 0), at(2))),
        ],
      ),
      c.call("f1m_mul", at(inverse), get("result"), at(inverse)),
      c.call("f1m_copy", at(inverse), get("prefix")),
    ]),
    c.call("f1m_inverse", at(inverse), at(inverse)),
    countDown(c, "i", get("count"), [
      ...loadOperands,
      c.setLocal("slow", c.i32_and(get("left"), at(2))),
      negateIfAsked("left", leftNeg),
      negateIfAsked("right", rightNeg),
      clearFlags("left"),
      c.call("f1m_copy", get("result"), at(dx)),
      c.if(
        get("i"),
        c.call("f1m_mul", at(inverse), c.i32_sub(get("prefix"), at(FIELD_BYTES)), at(lambda)),
        c.call("f1m_copy", at(inverse), at(lambda)),
      ),
      c.call("f1m_mul", at(inverse), at(dx), at(inverse)),
      c.if(
        get("slow"),
        [
          ...c.call("g1m_addAffine", get("left"), get("right"), at(jacobian)),
          ...c.call("g1m_toAffine", at(jacobian), get("result")),
        ],
        [
          ...c.call("f1m_sub", y("right"), y("left"), at(dx)),
          ...c.call("f1m_mul", at(lambda), at(dx), at(lambda)),
          ...c.call("f1m_square", at(lambda), get("result")),
          ...c.call("f1m_sub", get("result"), get("left"), get("result")),
          ...c.call("f1m_sub", get("result"), get("right"), get("result")),
          ...c.call("f1m_sub", get("left"), get("result"), at(dx)),
          ...c.call("f1m_mul", at(lambda), at(dx), y("result")),
          ...c.call("f1m_sub", y("result"), y("left"), y("result")),
        ],
      ),
    ]),
  );
  module.exportFunction("wasm_addPairs");
}
