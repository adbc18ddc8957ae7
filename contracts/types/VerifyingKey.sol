// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";
import {G2} from "./G2.sol";

/// @notice A Groth16 verifying key.
/// @param alpha The point alpha.
/// @param beta The point beta.
/// @param gamma The point gamma: the second group's generator, as in every key that snarkjs makes. The verifier relies
/// on it to merge two pairings and refuses other keys.
/// @param delta The point delta.
/// @param ic One point for the constant 1, then one per public signal.
struct VerifyingKey {
    G1 alpha;
    G2 beta;
    G2 gamma;
    G2 delta;
    G1[] ic;
}
