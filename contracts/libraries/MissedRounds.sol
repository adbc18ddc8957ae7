// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Project} from "../types/Project.sol";

/// @title How many rounds in a row a trainer was drawn for and sent nothing
/// @notice Counted for each roster place, from 0 to 3; a submission brings it back to 0, and a round that somebody was not drawn for
/// says nothing. A round that came to nothing because too few submitted counts as three: then those who sent nothing stop everybody.
///
/// Whoever has 3 is idle: it is drawn as somebody without any reliability would be, and when the roster is full its place goes to
/// whoever wants it. Nothing else follows: stake, strikes and reliability stay its own.
/// @dev The round before is still in storage when the next one opens, so nothing is counted before: a submission and a settlement
/// cost what they did.
library MissedRounds {
    /// @dev From so many on a trainer is idle.
    uint256 internal constant IDLE = 3;

    /// @notice The counts after a round, all places at once.
    /// @param low Places whose count is odd.
    /// @param high Places whose count is 2 or 3.
    /// @param drawn Places drawn for the round.
    /// @param missed Those of them who sent nothing.
    /// @param isLost Whether too few submitted, so that the round came to nothing.
    function next(
        uint256 low,
        uint256 high,
        uint256 drawn,
        uint256 missed,
        bool isLost
    ) internal pure returns (uint256 nextLow, uint256 nextHigh) {
        nextLow = (low & ~drawn) | (isLost ? missed : missed & (~low | high));
        nextHigh = (high & ~drawn) | (isLost ? missed : missed & (low | high));
    }

    /// @notice The count of one place as of now: with the last round, or the open one, once nobody can submit to it any more.
    function countAt(Project storage project, uint256 place) internal view returns (uint256) {
        (uint256 low, uint256 high) = (project.missed.low, project.missed.high);
        if (block.timestamp >= project.submissions.commitClosesAt) {
            bool isLost = project.submissions.submittedCount < project.terms.minTrainers;
            (low, high) = _afterLast(project, low, high, isLost);
        }
        return ((low >> place) & 1) | (((high >> place) & 1) << 1);
    }

    /// @dev Takes the last round into the counts, before the next one takes its place in storage.
    /// @param isLost Whether too few submitted to it.
    /// @return idle Places of those who are idle.
    function store(Project storage project, bool isLost) internal returns (uint256 idle) {
        (uint256 low, uint256 high) = (project.missed.low, project.missed.high);
        (uint256 nextLow, uint256 nextHigh) = _afterLast(project, low, high, isLost);
        // As a rule nothing changes, and a word that is not written costs nothing.
        if (nextLow != low || nextHigh != high) {
            project.missed.low = uint40(nextLow);
            project.missed.high = uint40(nextHigh);
        }
        return nextLow & nextHigh;
    }

    /// @dev Nobody inherits: what was counted at a place goes with who had it, the last round, which is not yet counted, too. Only for
    /// a place that is not in an open round.
    function forget(Project storage project, uint256 place) internal {
        uint40 others = ~uint40(1 << place);
        project.missed.low &= others;
        project.missed.high &= others;
        project.progress.eligibleMask &= others;
    }

    function _afterLast(
        Project storage project,
        uint256 low,
        uint256 high,
        bool isLost
    ) private view returns (uint256 nextLow, uint256 nextHigh) {
        uint256 drawn = project.progress.eligibleMask;
        return next(low, high, drawn, drawn & project.submissions.pendingMask, isLost);
    }
}
