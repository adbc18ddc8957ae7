// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "../types/G1.sol";
import {G2} from "../types/G2.sol";

/// @title Arithmetic on the curve BN254 through the EVM's precompiles
/// @dev The curve is `y^2 = x^3 + 3` over the base field; its first group has prime order `SCALAR_FIELD` and no
/// cofactor, so a point on the curve is in the group. The pairing precompile checks the second group's subgroup itself.
library Bn254 {
    /// @dev The order of both groups: the field of scalars and of circuits.
    uint256 internal constant SCALAR_FIELD =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev The field of coordinates.
    uint256 internal constant BASE_FIELD =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @dev The first group's generator.
    uint256 internal constant GENERATOR_X = 1;
    uint256 internal constant GENERATOR_Y = 2;

    /// @dev The second group's generator, imaginary parts first.
    uint256 internal constant G2_X_IMAGINARY =
        11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 internal constant G2_X_REAL = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 internal constant G2_Y_IMAGINARY =
        4082367875863433681332203403145435568316851327593401208105741076214120093531;
    uint256 internal constant G2_Y_REAL = 8495653923123431417604973247489272438418190587263600148770280649306958101930;

    /// @notice Thrown when a coordinate is not below the base field's order, a point is off the curve, or infinity
    /// where that is not allowed.
    error Bn254InvalidPoint(uint256 x, uint256 y);
    /// @notice Thrown when the pairing precompile refuses its input: some point is malformed.
    error Bn254PairingRefused();

    /// @dev A running sum of points and the precompiles' workspace behind it. The order of the fields is the
    /// precompiles' input format: `ecMul` reads (px, py, scalar), `ecAdd` reads (x, y, px, py).
    struct Accumulator {
        uint256 x;
        uint256 y;
        uint256 px;
        uint256 py;
        uint256 scalar;
    }

    /// @dev Adds `scalar * (x, y)`. Reverts if the point is malformed; `(0, 0)` adds nothing.
    function addMul(Accumulator memory sum, uint256 x, uint256 y, uint256 scalar) internal view {
        sum.px = x;
        sum.py = y;
        sum.scalar = scalar;
        bool ok;
        // Memory bounds: `sum` is a struct of 5 words. ecMul (0x07) reads bytes 64..159 and writes 64..127; ecAdd
        // (0x06) reads bytes 0..127 and writes 0..63. Nothing outside the struct is touched.
        assembly ("memory-safe") {
            ok := staticcall(gas(), 0x07, add(sum, 0x40), 0x60, add(sum, 0x40), 0x40)
            ok := and(ok, staticcall(gas(), 0x06, sum, 0x80, sum, 0x40))
        }
        if (!ok) revert Bn254InvalidPoint(x, y);
    }

    /// @dev Adds `scalar` times a point that lies in the call's data, without a detour over the stack. Reverts if the point is
    /// malformed; `(0, 0)` adds nothing.
    function addMul(Accumulator memory sum, G1 calldata point, uint256 scalar) internal view {
        bool ok;
        // Memory bounds: as in the function above. The decoder has checked that the 64 bytes of `point` lie within the call's data.
        assembly ("memory-safe") {
            calldatacopy(add(sum, 0x40), point, 0x40)
            mstore(add(sum, 0x80), scalar)
            ok := staticcall(gas(), 0x07, add(sum, 0x40), 0x60, add(sum, 0x40), 0x40)
            ok := and(ok, staticcall(gas(), 0x06, sum, 0x80, sum, 0x40))
        }
        if (!ok) revert Bn254InvalidPoint(point.x, point.y);
    }

    /// @dev Adds `(x, y)`. Reverts if the point is malformed; `(0, 0)` adds nothing.
    function add(Accumulator memory sum, uint256 x, uint256 y) internal view {
        sum.px = x;
        sum.py = y;
        bool ok;
        // Memory bounds: `sum` is a struct of 5 words. ecAdd (0x06) reads bytes 0..127 and writes 0..63.
        assembly ("memory-safe") {
            ok := staticcall(gas(), 0x06, sum, 0x80, sum, 0x40)
        }
        if (!ok) revert Bn254InvalidPoint(x, y);
    }

    /// @notice Whether the product of five pairings is one. Six words a pair: the point of the first group, then that
    /// of the second with imaginary parts first.
    /// @dev Reverts if any point is malformed.
    function isPairingProductOne(uint256[30] memory pairs) internal view returns (bool) {
        uint256 result;
        bool ok;
        // Memory bounds: `pairs` is 30 words (0x3c0 bytes), all of which the precompile (0x08) reads; it writes one
        // word to the scratch space at 0. The scratch word is cleared first and the size of the answer checked, so
        // that a chain without the precompile refuses instead of accepting.
        assembly ("memory-safe") {
            mstore(0, 0)
            ok := staticcall(gas(), 0x08, pairs, 0x3c0, 0, 0x20)
            ok := and(ok, eq(returndatasize(), 0x20))
            result := mload(0)
        }
        if (!ok) revert Bn254PairingRefused();
        return result == 1;
    }

    /// @notice Refuses everything but a point of the first group other than infinity.
    function requirePoint(uint256 x, uint256 y) internal pure {
        // Infinity `(0, 0)` fails the curve equation, since 0 != 3.
        if (x >= BASE_FIELD || y >= BASE_FIELD || !isOnCurve(x, y)) revert Bn254InvalidPoint(x, y);
    }

    /// @notice The negative of a point. Reverts for coordinates that are too large; does not check the curve.
    function negate(uint256 x, uint256 y) internal pure returns (uint256, uint256) {
        if (x >= BASE_FIELD || y >= BASE_FIELD) revert Bn254InvalidPoint(x, y);
        return (x, y == 0 ? 0 : BASE_FIELD - y);
    }

    /// @notice The second group's generator.
    function g2Generator() internal pure returns (G2 memory) {
        return G2({x: [G2_X_IMAGINARY, G2_X_REAL], y: [G2_Y_IMAGINARY, G2_Y_REAL]});
    }

    /// @notice A point whose discrete logarithm nobody knows, found by try-and-increment.
    /// @dev For c = 0, 1, ...: `x = keccak256(seed || uint32(c)) mod q`; the first x on the curve, with the smaller y.
    /// Twin: `hashToCurve` in services/protocol.
    function hashToCurve(bytes memory seed) internal view returns (G1 memory) {
        for (uint32 counter = 0; ; ++counter) {
            uint256 x = uint256(keccak256(abi.encodePacked(seed, counter))) % BASE_FIELD;
            uint256 ySquared = squareOfY(x);
            uint256 y = squareRoot(ySquared);
            if (mulmod(y, y, BASE_FIELD) == ySquared) {
                return G1({x: x, y: y <= BASE_FIELD - y ? y : BASE_FIELD - y});
            }
        }
        // Unreachable: about half of all x are on the curve.
        revert();
    }

    /// @notice Whether two coordinates, taken modulo the base field's order, are those of a point.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        return mulmod(y, y, BASE_FIELD) == squareOfY(x);
    }

    /// @notice `x^3 + 3`: what the square of a point's second coordinate has to be.
    function squareOfY(uint256 x) internal pure returns (uint256) {
        return addmod(mulmod(x, mulmod(x, x, BASE_FIELD), BASE_FIELD), 3, BASE_FIELD);
    }

    /// @notice A root of a square in the base field. Of what is no square it returns some number whose square is another.
    function squareRoot(uint256 square) internal view returns (uint256) {
        // BASE_FIELD is 3 mod 4, so this is a root of every square.
        return power(square, (BASE_FIELD + 1) / 4, BASE_FIELD);
    }

    /// @notice `base^exponent mod modulus`.
    function power(uint256 base, uint256 exponent, uint256 modulus) internal view returns (uint256 result) {
        uint256[6] memory input = [uint256(32), 32, 32, base, exponent, modulus];
        bool ok;
        // Memory bounds: `input` is 6 words (0xc0 bytes), all of which modexp (0x05) reads; it writes one word to the
        // scratch space at 0.
        assembly ("memory-safe") {
            ok := staticcall(gas(), 0x05, input, 0xc0, 0, 0x20)
            ok := and(ok, eq(returndatasize(), 0x20))
            result := mload(0)
        }
        // Modexp takes any input; it fails only when it runs out of gas.
        assert(ok);
    }
}
