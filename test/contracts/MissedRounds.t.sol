// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {MissedRounds} from "../../contracts/libraries/MissedRounds.sol";
import {RosterMask} from "../../contracts/libraries/RosterMask.sol";
import {Test} from "./support/Test.sol";

/// @title The counts of missed rounds, one place at a time
contract MissedRoundsTest is Test {
    using RosterMask for uint256;

    function test_fuzz_next_everyPlaceIsCountedOnItsOwn(
        uint40 low,
        uint40 high,
        uint40 drawn,
        uint40 pending,
        bool isLost
    ) public pure {
        uint256 missed = pending & drawn;

        (uint256 nextLow, uint256 nextHigh) = MissedRounds.next(low, high, drawn, missed, isLost);

        assertEq(nextLow >> RosterMask.CAPACITY, 0);
        assertEq(nextHigh >> RosterMask.CAPACITY, 0);
        for (uint256 place = 0; place < RosterMask.CAPACITY; ++place) {
            uint256 expected = _count(low, high, place);
            if (missed.has(place)) expected = isLost || expected == 3 ? 3 : expected + 1;
            else if (uint256(drawn).has(place)) expected = 0;
            assertEq(_count(nextLow, nextHigh, place), expected);
        }
    }

    function _count(uint256 low, uint256 high, uint256 place) private pure returns (uint256) {
        return (low.has(place) ? 1 : 0) + (high.has(place) ? 2 : 0);
    }
}
