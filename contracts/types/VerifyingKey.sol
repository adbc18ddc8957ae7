// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";
import {G2} from "./G2.sol";

/// @notice A Groth16 verifying key whose `gamma` is the second group's generator, as snarkjs makes them.
/// @param alpha The point alpha.
/// @param beta The point beta.
/// @param delta The point delta.
/// @param ic One point for the constant 1, then one per public signal.
struct VerifyingKey {
    G1 alpha;
    G2 beta;
    G2 delta;
    G1[] ic;
}
