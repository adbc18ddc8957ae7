// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Progress, Project, ProjectStage, Submissions} from "../types/Project.sol";
import {ProjectTerms} from "../types/ProjectTerms.sol";
import {RoundPhase} from "../types/RoundPhase.sol";
import {RoundPhases} from "./RoundPhases.sol";

/// @title A project's clock, read from storage
library ProjectClock {
    /// @notice What the phases depend on, for a project.
    function read(Project storage project) internal view returns (RoundPhases.Clock memory clock) {
        ProjectTerms storage terms = project.terms;
        Progress memory progress = project.progress;
        Submissions memory submissions = project.submissions;
        clock.isEnded = progress.stage == ProjectStage.Over;
        clock.isRoundOpen = progress.stage == ProjectStage.InRound;
        clock.waitingSince = progress.waitingSince;
        clock.commitClosesAt = submissions.commitClosesAt;
        clock.hasEnough = submissions.submittedCount >= terms.minTrainers;
        clock.aggregatorCount = project.aggregatorCount;
        clock.openSeconds = terms.openSeconds;
        clock.revealSeconds = terms.revealSeconds;
        clock.settleSeconds = terms.settleSeconds;
    }

    /// @notice The phase of a project now, and when it ends.
    function phase(Project storage project) internal view returns (RoundPhase now_, uint256 endsAt) {
        return RoundPhases.phaseAt(read(project), block.timestamp);
    }

    /// @notice How many aggregators the terms name, counted once when a project is posted.
    function countAggregators(ProjectTerms calldata terms) internal pure returns (uint8) {
        if (terms.aggregators[1] == address(0)) return 1;
        return terms.aggregators[2] == address(0) ? 2 : 3;
    }

    /// @notice What a round pays if it is applied now: the budget left, in equal parts for the rounds left.
    function roundBudget(Project storage project) internal view returns (uint256) {
        uint256 roundsLeft = project.terms.rounds - project.progress.appliedRounds;
        return roundsLeft == 0 ? 0 : project.progress.rewardLeftWei / roundsLeft;
    }
}
