// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @notice A point of BN254's first group in one storage word; `PackedPoints` says how.
type PackedPoint is uint256;
