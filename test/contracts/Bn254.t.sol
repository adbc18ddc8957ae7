// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {G1} from "../../contracts/types/G1.sol";
import {G2} from "../../contracts/types/G2.sol";
import {Test} from "./support/Test.sol";

/// @dev Makes the library's reverts visible to `expectRevert`.
contract Bn254Caller {
    function mul(uint256 x, uint256 y, uint256 scalar) external view returns (uint256, uint256) {
        Bn254.Accumulator memory sum;
        Bn254.addMul(sum, x, y, scalar);
        return (sum.x, sum.y);
    }

    function add(G1 calldata left, G1 calldata right) external view returns (uint256, uint256) {
        Bn254.Accumulator memory sum;
        Bn254.add(sum, left.x, left.y);
        Bn254.add(sum, right.x, right.y);
        return (sum.x, sum.y);
    }

    function requirePoint(uint256 x, uint256 y) external pure {
        Bn254.requirePoint(x, y);
    }

    function negate(uint256 x, uint256 y) external pure returns (uint256, uint256) {
        return Bn254.negate(x, y);
    }

    function pairing(uint256[30] calldata pairs) external view returns (bool) {
        return Bn254.isPairingProductOne(pairs);
    }
}

contract Bn254Test is Test {
    uint256 private constant P = Bn254.SCALAR_FIELD;
    uint256 private constant Q = Bn254.BASE_FIELD;
    Bn254Caller private _caller;

    function setUp() public {
        _caller = new Bn254Caller();
    }

    function test_fuzz_addMul_isLinearInTheScalar(uint256 a, uint256 b) public view {
        a = a % P;
        b = b % P;
        Bn254.Accumulator memory sum;
        Bn254.addMul(sum, 1, 2, a);
        Bn254.addMul(sum, 1, 2, b);

        (uint256 x, uint256 y) = _caller.mul(1, 2, addmod(a, b, P));

        assertEq(sum.x, x);
        assertEq(sum.y, y);
    }

    function test_fuzz_addMul_agreesWithRepeatedAddition(uint8 count) public view {
        Bn254.Accumulator memory sum;
        for (uint256 i = 0; i < count; ++i) {
            Bn254.add(sum, 1, 2);
        }

        (uint256 x, uint256 y) = _caller.mul(1, 2, count);

        assertEq(sum.x, x);
        assertEq(sum.y, y);
    }

    function test_addMul_touchesNoMemoryButItsAccumulator() public view {
        uint256[4] memory before = [uint256(11), 12, 13, 14];
        Bn254.Accumulator memory sum;
        uint256[4] memory behind = [uint256(21), 22, 23, 24];

        Bn254.addMul(sum, 1, 2, 5);

        for (uint256 i = 0; i < 4; ++i) {
            assertEq(before[i], 11 + i);
            assertEq(behind[i], 21 + i);
        }
    }

    function test_addMul_infinity_addsNothing() public view {
        (uint256 x, uint256 y) = _caller.mul(0, 0, 12345);
        assertEq(x | y, 0);
    }

    function test_addMul_orderOfTheGroup_isInfinity() public view {
        (uint256 x, uint256 y) = _caller.mul(1, 2, P);
        assertEq(x | y, 0);
    }

    function test_addMul_coordinatePlusField_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 1 + Q, 2));
        _caller.mul(1 + Q, 2, 3);
    }

    function test_addMul_secondCoordinatePlusField_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 1, 2 + Q));
        _caller.mul(1, 2 + Q, 3);
    }

    function test_addMul_offTheCurve_revertsAlsoForScalarZero() public {
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 1, 3));
        _caller.mul(1, 3, 0);
    }

    function test_add_offTheCurve_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 5, 5));
        _caller.add(G1(1, 2), G1(5, 5));
    }

    function test_fuzz_requirePoint_acceptsEveryMultiple(uint256 scalar) public view {
        scalar = 1 + (scalar % (P - 1));
        (uint256 x, uint256 y) = _caller.mul(1, 2, scalar);

        _caller.requirePoint(x, y);
    }

    function test_fuzz_requirePoint_agreesWithThePrecompile(uint256 x, uint256 y) public view {
        bool ok = true;
        try _caller.requirePoint(x, y) {} catch {
            ok = false;
        }
        bool precompileOk = true;
        try _caller.mul(x, y, 1) {} catch {
            precompileOk = false;
        }

        // The precompile takes infinity, the check does not.
        assertEq(ok, precompileOk && (x | y) != 0);
    }

    function test_requirePoint_infinity_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 0, 0));
        _caller.requirePoint(0, 0);
    }

    function test_requirePoint_coordinatePlusField_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 1, 2 + Q));
        _caller.requirePoint(1, 2 + Q);
    }

    function test_fuzz_negate_cancels(uint256 scalar) public view {
        (uint256 x, uint256 y) = _caller.mul(1, 2, scalar);
        (uint256 negatedX, uint256 negatedY) = _caller.negate(x, y);

        (uint256 sumX, uint256 sumY) = _caller.add(G1(x, y), G1(negatedX, negatedY));

        assertEq(sumX | sumY, 0);
    }

    function test_negate_infinity_isInfinity() public view {
        (uint256 x, uint256 y) = _caller.negate(0, 0);
        assertEq(x | y, 0);
    }

    function test_negate_coordinateTooLarge_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 1, Q));
        _caller.negate(1, Q);
    }

    function test_fuzz_pairing_isBilinear(uint256 a, uint256 b) public view {
        a = a % P;
        b = b % P;
        uint256[30] memory pairs;
        // e(a [1], [1]) e(b [1], [1]) e(-(a + b) [1], [1]) = 1
        uint256[3] memory scalars = [a, b, P - addmod(a, b, P)];
        for (uint256 i = 0; i < 3; ++i) {
            (pairs[6 * i], pairs[6 * i + 1]) = _caller.mul(1, 2, scalars[i]);
            _putGenerator(pairs, i);
        }

        assertTrue(_caller.pairing(pairs));
    }

    function test_pairing_wrongProduct_isFalse() public view {
        uint256[30] memory pairs;
        (pairs[0], pairs[1]) = (1, 2);
        _putGenerator(pairs, 0);

        assertFalse(_caller.pairing(pairs));
    }

    function test_pairing_offTheCurve_reverts() public {
        uint256[30] memory pairs;
        (pairs[0], pairs[1]) = (1, 3);
        _putGenerator(pairs, 0);

        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254PairingRefused.selector));
        _caller.pairing(pairs);
    }

    function test_pairing_secondGroupOffTheCurve_revertsAlsoBesideInfinity() public {
        uint256[30] memory pairs;
        _putGenerator(pairs, 4);
        pairs[29] += 1;

        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254PairingRefused.selector));
        _caller.pairing(pairs);
    }

    function test_hashToCurve_agreesWithTypeScript() public view {
        string memory json = vm.readFile("test/vectors/gram-proof.json");

        G1 memory point = Bn254.hashToCurve("commonweight/H/v1");

        assertEq(point.x, vm.parseJsonUint(json, ".setup.blindingBase.x"));
        assertEq(point.y, vm.parseJsonUint(json, ".setup.blindingBase.y"));
        Bn254.requirePoint(point.x, point.y);
    }

    function test_fuzz_hashToCurve_isAPointWithTheSmallerY(bytes32 seed) public view {
        G1 memory point = Bn254.hashToCurve(abi.encode(seed));

        Bn254.requirePoint(point.x, point.y);
        assertLe(point.y, (Q - 1) / 2);
    }

    function test_fuzz_power_agreesWithSquareAndMultiply(uint256 base, uint32 exponent) public view {
        uint256 expected = 1;
        for (uint256 bit = 32; bit > 0; --bit) {
            expected = mulmod(expected, expected, P);
            if ((exponent >> (bit - 1)) & 1 == 1) expected = mulmod(expected, base, P);
        }

        assertEq(Bn254.power(base, exponent, P), expected);
    }

    function _putGenerator(uint256[30] memory pairs, uint256 pair) private pure {
        G2 memory generator = Bn254.g2Generator();
        (pairs[6 * pair + 2], pairs[6 * pair + 3]) = (generator.x[0], generator.x[1]);
        (pairs[6 * pair + 4], pairs[6 * pair + 5]) = (generator.y[0], generator.y[1]);
    }
}
