// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {PackedPoint} from "../../contracts/types/PackedPoint.sol";
import {Project} from "../../contracts/types/Project.sol";
import {Test} from "./support/Test.sol";

/// @dev The words that a settlement pays for. Whoever adds a field moves others over a word's end, which costs 2,100 to 5,000 gas a
/// round: that must be meant.
contract ProjectLayoutTest is Test {
    Project private _project;

    function test_terms_whatASettlementReads_isInTwoWords() public {
        (_project.terms.aggregatorBondWei, _project.terms.settleSeconds) = (type(uint96).max, type(uint32).max);
        (_project.terms.openSeconds, _project.terms.usesPayGradient) = (type(uint32).max, true);

        // Bond, norm bound, commit, reveal, settle; then the open window and everything that is small.
        assertEq(_word(3), (uint256(type(uint32).max) << 224) | type(uint96).max);
        assertEq(_word(4), (uint256(1) << 240) | type(uint32).max);
    }

    function test_progress_isOneFullWord() public {
        (_project.progress.rewardLeftWei, _project.progress.unpaidFees) = (type(uint96).max, type(uint24).max);

        assertEq(_word(9), (uint256(type(uint24).max) << 232) | type(uint96).max);
    }

    function test_owner_sharesAWordWithTheRoster() public {
        (_project.owner, _project.aggregatorCount) = (address(type(uint160).max), 255);

        assertEq(_word(8), (uint256(255) << 248) | type(uint160).max);
    }

    function test_points_takeAWordEach() public {
        _project.modelCommitment = PackedPoint.wrap(1);
        _project.aggregateCommitment = PackedPoint.wrap(2);
        _project.aggregators[0].bondWei = 3;

        assertEq(_word(12), 1);
        assertEq(_word(13), 2);
        assertEq(_word(14), 3);
    }

    function test_missedCounts_shareAWordOfTheirOwn() public {
        (_project.missed.low, _project.missed.high) = (1, 2);

        assertEq(_word(20), (uint256(2) << 40) | 1);
    }

    function _word(uint256 place) private view returns (uint256 word) {
        Project storage project = _project;
        assembly {
            word := sload(add(project.slot, place))
        }
    }
}
