/** The part of ffjavascript that the curve adapter uses; the package ships no types. */
declare module "ffjavascript" {
  /** A wasm module under construction, before ffjavascript turns it into bytes. */
  export type WasmModuleBuilder = object;

  export interface WasmGroup {
    readonly g: Uint8Array;
    readonly zero: Uint8Array;
    readonly zeroAffine: Uint8Array;
    add(a: Uint8Array, b: Uint8Array): Uint8Array;
    neg(a: Uint8Array): Uint8Array;
    eq(a: Uint8Array, b: Uint8Array): boolean;
    isZero(a: Uint8Array): boolean;
    toAffine(a: Uint8Array): Uint8Array;
    timesFr(a: Uint8Array, scalar: Uint8Array): Uint8Array;
    timesScalar(a: Uint8Array, scalar: bigint): Uint8Array;
    isValid(a: Uint8Array): boolean;
    multiExpAffine(bases: Uint8Array, scalars: Uint8Array): Promise<Uint8Array>;
  }

  export interface Bn128 {
    readonly G1: WasmGroup;
    readonly G2: WasmGroup;
    readonly F1: { toObject(a: Uint8Array): bigint; e(a: bigint): Uint8Array };
    readonly tm: {
      readonly code: Uint8Array;
      readonly instance: {
        readonly exports: Record<string, (...args: number[]) => number>;
      };
      readonly memory: WebAssembly.Memory;
    };
    pairingEq(...points: Uint8Array[]): Promise<boolean>;
    terminate(): Promise<void>;
  }

  export function buildBn128(
    singleThread: boolean,
    plugins?: (moduleBuilder: WasmModuleBuilder) => void,
  ): Promise<Bn128>;
}
