/** An affine point of BN254's G1; `(0, 0)` stands for the point at infinity, as in the EVM's precompiles. */
export interface G1Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** The point at infinity in the EVM's notation. */
export const INFINITY: G1Point = { x: 0n, y: 0n };

/** The order of BN254's groups: the field of scalars, of circuits and of every challenge. */
export const SCALAR_FIELD =
  21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** The field in which the coordinates of points live. */
export const BASE_FIELD =
  21888242871839275222246405745257275088696311157297823662689037894645226208583n;
