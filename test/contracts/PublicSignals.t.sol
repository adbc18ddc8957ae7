// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {PublicSignals} from "../../contracts/libraries/PublicSignals.sol";
import {Test} from "./support/Test.sol";

/// @dev Makes the library's reverts visible to `expectRevert`.
contract PublicSignalsCaller {
    function packTerms(
        uint256 slots,
        uint256 mask,
        uint256 normBoundSquared,
        uint256 parameterA,
        uint256 parameterB,
        uint256 firstWeights,
        uint256 secondWeights
    ) external pure returns (uint256[] memory) {
        return
            PublicSignals.packTerms(slots, mask, normBoundSquared, parameterA, parameterB, firstWeights, secondWeights);
    }
}

contract PublicSignalsTest is Test {
    PublicSignalsCaller private _caller;

    function setUp() public {
        _caller = new PublicSignalsCaller();
    }

    function test_lengths_areThoseOfTheCircuits() public pure {
        uint256[3] memory slots = [uint256(8), 16, 32];
        uint256[3] memory trainers = [uint256(5), 13, 29];
        uint256[3] memory outcomes = [uint256(1), 2, 4];
        uint256[3] memory terms = [uint256(1), 1, 2];
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(PublicSignals.isSlotCount(slots[i]));
            assertEq(PublicSignals.trainerCount(slots[i]), trainers[i]);
            assertEq(PublicSignals.outcomeLength(slots[i]), outcomes[i]);
            assertEq(PublicSignals.termsLength(slots[i]), terms[i]);
        }
    }

    function test_fuzz_isSlotCount_onlyThree(uint256 slots) public pure {
        assertEq(PublicSignals.isSlotCount(slots), slots == 8 || slots == 16 || slots == 32);
    }

    function test_fuzz_trainerOutcome_undoesPacking(
        uint16[8] memory shares,
        uint16[8] memory weights,
        uint8[8] memory verdicts
    ) public pure {
        uint256 word = 0;
        for (uint256 i = 0; i < 8; ++i) {
            weights[i] = weights[i] % 2048;
            verdicts[i] = verdicts[i] % 16;
            uint256 fields = uint256(shares[i]) + uint256(weights[i]) * 65536 + uint256(verdicts[i]) * 2 ** 27;
            word += fields * 2 ** (31 * i);
        }

        for (uint256 i = 0; i < 8; ++i) {
            (uint256 share, uint256 weight, uint256 verdict) = PublicSignals.trainerOutcome(word >> (31 * i));
            assertEq(share, shares[i]);
            assertEq(weight, weights[i]);
            assertEq(verdict, verdicts[i]);
        }
    }

    function test_packTerms_agreesWithTypeScript() public view {
        string memory json = vm.readFile("test/vectors/gram-proof.json");
        uint256[5] memory slots = [uint256(8), 8, 16, 16, 32];
        uint32[5] memory inactive = [
            uint32(0),
            (1 << 2) | (1 << 6),
            0,
            (1 << 1) | (1 << 4) | (1 << 15),
            (1 << 9) | (1 << 20) | (1 << 31)
        ];
        for (uint256 i = 0; i < 5; ++i) {
            uint256 mask = ((1 << slots[i]) - 1) & ~uint256(inactive[i]);
            uint16[] memory weights = new uint16[](slots[i] - 3);
            for (uint256 trainer = 0; trainer < weights.length; ++trainer) {
                weights[trainer] = (mask >> (trainer + 3)) & 1 == 1 ? 512 : 0;
            }
            string memory path = string.concat(".cases[", vm.toString(i), "].context.terms");
            (uint256 first, uint256 second) = _packed(weights);
            assertEq(
                PublicSignals.packTerms(slots[i], mask, 1 << 45, 0, 0, first, second),
                vm.parseJsonUintArray(json, path)
            );
        }
    }

    function test_fuzz_packTerms_keepsEveryField(
        uint256 size,
        uint32 mask,
        uint256 bound_,
        uint256 a,
        uint256 b,
        uint256 weightSeed
    ) public pure {
        uint256 slots = 8 << (size % 3);
        mask = uint32(mask & ((1 << slots) - 1));
        (bound_, a, b) = (bound_ % (1 << 54), a % 32, b % 32);
        uint16[] memory weights = new uint16[](slots - 3);
        for (uint256 i = 0; i < weights.length; ++i) {
            weights[i] = uint16(uint256(keccak256(abi.encode(weightSeed, i))) % 1024);
        }

        (uint256 first, uint256 second) = _packed(weights);
        uint256[] memory words = PublicSignals.packTerms(slots, mask, bound_, a, b, first, second);

        assertEq(words.length, PublicSignals.termsLength(slots));
        assertEq(PublicSignals.activeMask(words[0]), mask);
        assertEq((words[0] >> 32) % (1 << 54), bound_);
        assertEq((words[0] >> 86) % 32, a);
        assertEq((words[0] >> 91) % 32, b);
        for (uint256 i = 0; i < weights.length; ++i) {
            uint256 packed = i < 15 ? words[0] >> (96 + 10 * i) : words[1] >> (10 * (i - 15));
            assertEq(packed % 1024, weights[i]);
        }
        assertEq(words[0] >> 246, 0);
        if (words.length == 2) assertEq(words[1] >> 140, 0);
    }

    function test_packTerms_maskWiderThanTheSlots_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PublicSignals.PublicSignalsTermTooLarge.selector, 256, 256));
        _caller.packTerms(8, 256, 0, 0, 0, 0, 0);
    }

    function test_packTerms_normBoundTooLarge_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PublicSignals.PublicSignalsTermTooLarge.selector, 1 << 54, 1 << 54));
        _caller.packTerms(8, 255, 1 << 54, 0, 0, 0, 0);
    }

    function test_packTerms_firstParameterTooLarge_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PublicSignals.PublicSignalsTermTooLarge.selector, 32, 32));
        _caller.packTerms(8, 255, 0, 32, 0, 0, 0);
    }

    function test_packTerms_secondParameterTooLarge_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PublicSignals.PublicSignalsTermTooLarge.selector, 33, 32));
        _caller.packTerms(8, 255, 0, 0, 33, 0, 0);
    }

    /// @dev Where `RoundTrainers` puts the weights of the records that it reads.
    function _packed(uint16[] memory weights) private pure returns (uint256 first, uint256 second) {
        for (uint256 i = 0; i < weights.length; ++i) {
            if (i < 15) first |= uint256(weights[i]) << (PublicSignals.FIRST_WEIGHT_SHIFT + 10 * i);
            else second |= uint256(weights[i]) << (10 * (i - 15));
        }
    }
}
