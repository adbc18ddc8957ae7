/** An affine point of BN254's G1; `(0, 0)` stands for the point at infinity, as in the EVM's precompiles. */
export interface G1Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** The point at infinity in the EVM's notation. */
export const INFINITY: G1Point = { x: 0n, y: 0n };

/** Whether two points are one. */
export const isSamePoint = (first: G1Point, second: G1Point): boolean =>
  first.x === second.x && first.y === second.y;

/** The order of BN254's groups: the field of scalars, of circuits and of every challenge. */
export const SCALAR_FIELD =
  21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** The field in which the coordinates of points live. */
export const BASE_FIELD =
  21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** An affine point of BN254's G2; a coordinate is `c0 + c1 * i`. The EVM's precompile takes c1 before c0. */
export interface G2Point {
  readonly x: readonly [c0: bigint, c1: bigint];
  readonly y: readonly [c0: bigint, c1: bigint];
}

/** A vector of scalars in the form its curve works with; only the curve that made it can read it. */
export interface ScalarVector {
  /** Number of scalars. */
  readonly length: number;
  /** 32 bytes a scalar, in the curve's own representation. */
  readonly bytes: Uint8Array;
}

/** What every long call takes. */
export interface LongCallOptions {
  /** Stops the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the finished fraction, 0 to 1, and what is being done. */
  readonly onProgress?: ((fraction: number, step: string) => void) | undefined;
}

/** The second argument of a pairing: the generator of G2, or tau times it. */
export type PairingSide = "one" | "tau";

/** Arithmetic on single points and pairings: enough to verify, no powers of tau needed. */
export interface PointArithmetic {
  /** `sum_i scalars[i] * points[i]`; scalars are taken modulo the group order. */
  linearCombination(points: readonly G1Point[], scalars: readonly bigint[]): Promise<G1Point>;
  /** True when the product of the pairings is one. */
  isPairingProductOne(
    pairs: readonly { readonly g1: G1Point; readonly g2: PairingSide }[],
  ): Promise<boolean>;
}

/** Commitments and the vector arithmetic of the Gram proof, over `parameterCount` powers of tau. */
export interface Curve extends PointArithmetic {
  /** Number of powers of tau at hand: vectors may have at most this many entries. */
  readonly parameterCount: number;
  /** Tau times the generator of G2; contracts and verifiers of this setup are built with it. */
  readonly tauG2: G2Point;
  /** `sum_j values[j] * [tau^j]` for small integers: 2-byte scalars are several times faster than field elements. */
  commitIntegers(values: Int16Array | Int32Array, options?: LongCallOptions): Promise<G1Point>;
  /** `sum_j vector[j] * [tau^j]`. */
  commitScalars(vector: ScalarVector, options?: LongCallOptions): Promise<G1Point>;
  /**
   * `sum_i weights[i] * vectors[i]`, entry by entry; a shorter vector counts as followed by zeros.
   * A list of bigints stands for a short vector of field elements. `length` is the length of the result.
   */
  combine(
    vectors: readonly (Int16Array | Int32Array | readonly bigint[])[],
    weights: readonly bigint[],
    options: LongCallOptions & { readonly length: number },
  ): Promise<ScalarVector>;
  /** `s[k] = sum_j vector[j] * vector[j + k + 1]` for k = 0..length-2, then a zero. */
  autocorrelation(vector: ScalarVector, options?: LongCallOptions): Promise<ScalarVector>;
  /** The vector read backwards. */
  reverse(vector: ScalarVector): Promise<ScalarVector>;
  /** Values of the polynomial with these coefficients at each point. */
  evaluate(vector: ScalarVector, points: readonly bigint[]): Promise<readonly bigint[]>;
  /** `(P(X) - P(point)) / (X - point)` for `P = sum_i weights[i] * vectors[i]`, same length, last coefficient zero. */
  openingQuotient(
    vectors: readonly ScalarVector[],
    weights: readonly bigint[],
    point: bigint,
    options?: LongCallOptions,
  ): Promise<ScalarVector>;
}
