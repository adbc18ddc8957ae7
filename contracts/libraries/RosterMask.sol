// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @title Sets of roster places, one bit each
library RosterMask {
    /// @dev Places of a project's roster. Bounded so that the end of a project pays everybody in one transaction, and so that a
    /// submission's whole state fits one storage word.
    uint256 internal constant CAPACITY = 40;

    /// @notice How many places are in the set.
    function count(uint256 mask) internal pure returns (uint256 places) {
        for (; mask != 0; mask &= mask - 1) {
            ++places;
        }
    }

    /// @notice Whether a place is in the set.
    function has(uint256 mask, uint256 place) internal pure returns (bool) {
        return (mask >> place) & 1 == 1;
    }

    /// @notice The lowest place that is not in the set; `CAPACITY` if all are.
    function firstFree(uint256 mask) internal pure returns (uint256 place) {
        while (place < CAPACITY && has(mask, place)) {
            ++place;
        }
    }
}
