// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @notice An affine point of BN254's first group; `(0, 0)` is the point at infinity, as in the EVM's precompiles.
/// @param x Coordinate below the base field's order.
/// @param y Coordinate below the base field's order, with `y^2 = x^3 + 3`.
struct G1 {
    uint256 x;
    uint256 y;
}
