/** The part of ffjavascript that the curve adapter uses; the package ships no types. */
declare module "ffjavascript" {
  /** Wasm instructions, encoded. */
  export type WasmCode = readonly number[];

  /** Encodes instructions inside one function; names are wasm's with a dot for the underscore. */
  export interface WasmCodeBuilder {
    getLocal(name: string): WasmCode;
    setLocal(name: string, value: WasmCode): WasmCode;
    teeLocal(name: string, value: WasmCode): WasmCode;
    call(functionName: string, ...args: WasmCode[]): WasmCode;
    if(condition: WasmCode, then: WasmCode, otherwise?: WasmCode): WasmCode;
    block(body: WasmCode): WasmCode;
    loop(...body: WasmCode[]): WasmCode;
    br(depth: number): WasmCode;
    br_if(depth: number, condition: WasmCode): WasmCode;
    ret(value: WasmCode): WasmCode;
    i32_const(value: number): WasmCode;
    i64_const(value: number | bigint): WasmCode;
    i32_load(address: WasmCode, offset?: number): WasmCode;
    i32_store(address: WasmCode, offset: number, value: WasmCode): WasmCode;
    i64_load(address: WasmCode, offset?: number): WasmCode;
    i64_store(address: WasmCode, offset: number, value: WasmCode): WasmCode;
    i64_load32_u(address: WasmCode, offset?: number): WasmCode;
    i64_load16_s(address: WasmCode, offset?: number): WasmCode;
    i64_load32_s(address: WasmCode, offset?: number): WasmCode;
    i64_store32(address: WasmCode, offset: number, value: WasmCode): WasmCode;
    i32_eqz(a: WasmCode): WasmCode;
    i64_eqz(a: WasmCode): WasmCode;
    i32_add(a: WasmCode, b: WasmCode): WasmCode;
    i32_sub(a: WasmCode, b: WasmCode): WasmCode;
    i32_mul(a: WasmCode, b: WasmCode): WasmCode;
    i32_and(a: WasmCode, b: WasmCode): WasmCode;
    i32_or(a: WasmCode, b: WasmCode): WasmCode;
    i32_shl(a: WasmCode, b: WasmCode): WasmCode;
    i32_shr_u(a: WasmCode, b: WasmCode): WasmCode;
    i32_eq(a: WasmCode, b: WasmCode): WasmCode;
    i32_ge_u(a: WasmCode, b: WasmCode): WasmCode;
    i64_add(a: WasmCode, b: WasmCode): WasmCode;
    i64_sub(a: WasmCode, b: WasmCode): WasmCode;
    i64_mul(a: WasmCode, b: WasmCode): WasmCode;
    i64_and(a: WasmCode, b: WasmCode): WasmCode;
    i64_or(a: WasmCode, b: WasmCode): WasmCode;
    i64_shl(a: WasmCode, b: WasmCode): WasmCode;
    i64_shr_s(a: WasmCode, b: WasmCode): WasmCode;
    i64_shr_u(a: WasmCode, b: WasmCode): WasmCode;
  }

  export interface WasmFunctionBuilder {
    addParam(name: string, type: "i32" | "i64"): void;
    addLocal(name: string, type: "i32" | "i64"): void;
    setReturnType(type: "i32" | "i64"): void;
    addCode(...code: WasmCode[]): void;
    getCodeBuilder(): WasmCodeBuilder;
  }

  /** A wasm module under construction, before ffjavascript turns it into bytes. */
  export interface WasmModuleBuilder {
    /** Reserves static memory and returns its address; `bytes` is its first content. */
    alloc(size: number, bytes?: readonly number[]): number;
    addFunction(name: string): WasmFunctionBuilder;
    exportFunction(name: string): void;
  }

  export interface WasmGroup {
    readonly g: Uint8Array;
    readonly zero: Uint8Array;
    toAffine(a: Uint8Array): Uint8Array;
    isZero(a: Uint8Array): boolean;
    eq(a: Uint8Array, b: Uint8Array): boolean;
    isValid(a: Uint8Array): boolean;
    timesScalar(a: Uint8Array, scalar: bigint): Uint8Array;
    add(a: Uint8Array, b: Uint8Array): Uint8Array;
    multiExpAffine(bases: Uint8Array, scalars: Uint8Array): Promise<Uint8Array>;
  }

  export interface WasmField {
    e(a: bigint): Uint8Array;
    toObject(a: Uint8Array): bigint;
  }

  export interface Bn128 {
    readonly G1: WasmGroup;
    readonly G2: WasmGroup;
    readonly F1: WasmField;
    readonly Fr: WasmField;
    readonly tm: { readonly code: Uint8Array };
    pairingEq(...points: Uint8Array[]): Promise<boolean>;
    terminate(): Promise<void>;
  }

  export function buildBn128(
    singleThread: boolean,
    plugins?: (moduleBuilder: WasmModuleBuilder) => void,
  ): Promise<Bn128>;
}
