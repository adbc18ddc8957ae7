// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {PackedPoints} from "../../contracts/libraries/PackedPoints.sol";
import {G1} from "../../contracts/types/G1.sol";
import {PackedPoint} from "../../contracts/types/PackedPoint.sol";
import {Test} from "./support/Test.sol";

/// @dev Makes the library's reverts visible to `expectRevert`.
contract PackedPointsCaller {
    using PackedPoints for PackedPoint;

    function pack(G1 calldata point) external pure returns (PackedPoint) {
        return PackedPoints.pack(point);
    }

    function unpack(PackedPoint packed, uint256 y) external pure returns (G1 memory) {
        return packed.unpack(y);
    }

    function unpack(PackedPoint packed) external view returns (G1 memory) {
        return packed.unpack();
    }
}

contract PackedPointsTest is Test {
    uint256 private constant Q = Bn254.BASE_FIELD;
    PackedPointsCaller private _caller;

    function setUp() public {
        _caller = new PackedPointsCaller();
    }

    function test_fuzz_unpack_bothPointsOfACoordinateComeBack(uint256 scalar) public view {
        G1 memory point = _multiple(1 + (scalar % (Bn254.SCALAR_FIELD - 1)));
        G1 memory negative = G1(point.x, Q - point.y);
        PackedPoint packed = _caller.pack(point);
        PackedPoint packedNegative = _caller.pack(negative);

        _assertSame(_caller.unpack(packed), point);
        _assertSame(_caller.unpack(packed, point.y), point);
        _assertSame(_caller.unpack(packedNegative), negative);
        _assertSame(_caller.unpack(packedNegative, negative.y), negative);
        assertNotEq(PackedPoint.unwrap(packed), PackedPoint.unwrap(packedNegative));
        assertNotEq(PackedPoint.unwrap(packed), 0);
        assertNotEq(PackedPoint.unwrap(packedNegative), 0);
    }

    function test_fuzz_unpack_anyOtherCoordinate_reverts(uint256 scalar, uint256 other) public {
        G1 memory point = _multiple(1 + (scalar % (Bn254.SCALAR_FIELD - 1)));
        PackedPoint packed = _caller.pack(point);

        // The other root; the same root written as a number above the field; whatever the fuzzer finds.
        _refuses(packed, point.x, Q - point.y);
        _refuses(packed, point.x, point.y + Q);
        _refuses(packed, point.x, point.y + 2 * Q);
        if (other != point.y) _refuses(packed, point.x, other);
        _refuses(packed, point.x, 0);
    }

    /// @dev The same numbers are in test/protocol/gram/packed-point.test.ts.
    function test_pack_knownPoints_asItsTwinDoes() public view {
        assertEq(PackedPoint.unwrap(_caller.pack(G1(1, 2))), (1 << 255) + 1);
        assertEq(PackedPoint.unwrap(_caller.pack(G1(1, Q - 2))), (1 << 255) + (1 << 254) + 1);
    }

    function test_pack_infinity_isTheZeroWord() public view {
        PackedPoint packed = _caller.pack(G1(0, 0));

        assertEq(PackedPoint.unwrap(packed), 0);
        _assertSame(_caller.unpack(packed), G1(0, 0));
        _assertSame(_caller.unpack(packed, 0), G1(0, 0));
    }

    function test_unpack_infinityWithACoordinate_reverts() public {
        _refuses(PackedPoint.wrap(0), 0, 1);
        _refuses(PackedPoint.wrap(0), 0, Q);
    }

    function test_pack_theGenerator_isWhatTheFormatSays() public view {
        // x = 1; y = 2 is even, q - 2 is odd.
        assertEq(PackedPoint.unwrap(_caller.pack(G1(1, 2))), (1 << 255) | 1);
        assertEq(PackedPoint.unwrap(_caller.pack(G1(1, Q - 2))), (1 << 255) | (1 << 254) | 1);
    }

    function test_pack_coordinateAboveTheField_panics() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 1));
        _caller.pack(G1(Q, 2));
    }

    function _refuses(PackedPoint packed, uint256 x, uint256 y) private {
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongCoordinate.selector, x, y));
        _caller.unpack(packed, y);
    }

    function _multiple(uint256 scalar) private view returns (G1 memory) {
        Bn254.Accumulator memory sum;
        Bn254.addMul(sum, Bn254.GENERATOR_X, Bn254.GENERATOR_Y, scalar);
        return G1(sum.x, sum.y);
    }

    function _assertSame(G1 memory left, G1 memory right) private pure {
        assertEq(left.x, right.x, "x");
        assertEq(left.y, right.y, "y");
    }
}
