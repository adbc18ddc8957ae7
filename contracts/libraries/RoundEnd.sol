// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {EndReason} from "../types/MarketViews.sol";
import {Progress, Project, ProjectStage} from "../types/Project.sol";

/// @title What follows a round
/// @notice The project waits for the next one, or is over. Inlined where rounds close: a call would cost more than what it does.
library RoundEnd {
    /// @dev Closes the open round.
    /// @return isOver Whether the project has to end now; the caller ends it.
    /// @return reason Why, if it is over.
    function close(Project storage project) internal returns (bool isOver, EndReason reason) {
        Progress storage progress = project.progress;
        progress.stage = ProjectStage.Waiting;
        progress.waitingSince = uint32(block.timestamp);
        uint256 rounds = project.terms.rounds;
        if (progress.appliedRounds == rounds) return (true, EndReason.AllRoundsApplied);
        if (project.isStopAnnounced) return (true, EndReason.StoppedByOwner);
        isOver = progress.nextRoundIndex == rounds + project.terms.extraRounds;
        reason = EndReason.AttemptsUsedUp;
    }
}
