// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {G1} from "../types/G1.sol";
import {PackedPoint} from "../types/PackedPoint.sol";
import {Bn254} from "./Bn254.sol";

/// @title Points in one storage word instead of two
/// @notice Both points that a settlement changes, the model and the last aggregate, cost 5,000 gas less that way.
///
/// `word = x | (y mod 2) << 254 | 1 << 255`; the point at infinity `(0, 0)`, which also stands for no point, is the word 0.
///
/// Each `x` below the field's order `q < 2^254` has two points, `y` and `q - y`; since `q` is odd, exactly one of the two is odd.
/// `y = 0` does not occur: that point would have order two, and the group's order is an odd prime.
/// @dev Twin: the settlement's `modelY` and `aggregateY` come from services/adapters/chain/rounds/round.ts.
library PackedPoints {
    uint256 private constant _IS_POINT = 1 << 255;
    uint256 private constant _IS_ODD = 1 << 254;

    /// @notice Packs a point that is known to be one, or infinity.
    function pack(G1 memory point) internal pure returns (PackedPoint) {
        if (point.x | point.y == 0) return PackedPoint.wrap(0);
        // Whoever packs has had the point checked, by `Bn254.requirePoint` or by a precompile that computed with it. A larger
        // coordinate would spill over into the bits above.
        assert(point.x < Bn254.BASE_FIELD);
        return PackedPoint.wrap(_IS_POINT | ((point.y & 1) * _IS_ODD) | point.x);
    }

    /// @notice The whole point, with the caller's word for its second coordinate.
    /// @dev Taking a square root in a transaction would cost more than the coordinate's 512 gas of calldata. It is checked as if it
    /// were hostile: on the curve, below the field's order and of the right parity, so only one number passes.
    function unpack(PackedPoint self, uint256 y) internal pure returns (G1 memory point) {
        (point.x, point.y) = (_x(self), y);
        bool isSame =
            isInfinity(self) ? y == 0 : y < Bn254.BASE_FIELD && y & 1 == _parity(self) && Bn254.isOnCurve(point.x, y);
        if (!isSame) revert ITrainingMarket.MarketWrongCoordinate(point.x, y);
    }

    /// @notice The whole point, from nothing but the word: what views return.
    function unpack(PackedPoint self) internal view returns (G1 memory point) {
        if (isInfinity(self)) return point;
        point.x = _x(self);
        uint256 root = Bn254.squareRoot(Bn254.squareOfY(point.x));
        point.y = root & 1 == _parity(self) ? root : Bn254.BASE_FIELD - root;
    }

    /// @notice Whether there is no point, or the one at infinity.
    function isInfinity(PackedPoint self) internal pure returns (bool) {
        return PackedPoint.unwrap(self) == 0;
    }

    function _x(PackedPoint self) private pure returns (uint256) {
        return PackedPoint.unwrap(self) & (_IS_ODD - 1);
    }

    function _parity(PackedPoint self) private pure returns (uint256) {
        return (PackedPoint.unwrap(self) / _IS_ODD) & 1;
    }
}
