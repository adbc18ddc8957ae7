// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @notice An affine point of BN254's second group in the EVM's order of coordinates: imaginary part first.
/// @param x The x coordinate `x[1] + x[0] * i`.
/// @param y The y coordinate `y[1] + y[0] * i`.
struct G2 {
    uint256[2] x;
    uint256[2] y;
}
