// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {AggregatorAccount, Project} from "../types/Project.sol";
import {ProjectClock} from "./ProjectClock.sol";
import {RosterMask} from "./RosterMask.sol";

/// @title What a missed settlement costs
/// @notice The bonds of those who missed their turns pay, in order, at most what the round would have paid: so an owner gains
/// nothing by having its own aggregators collect updates and never settle. Nor more than the terms promise for a round: anybody may add
/// to a budget at any time, and an aggregator must know when it bonds what it can lose.
library MissedTurns {
    using ProjectClock for Project;
    using RosterMask for uint256;

    /// @dev Takes from the bonds of those who missed their turns, in order, at most what the round would have paid.
    function _take(
        uint256 projectId,
        Project storage project,
        uint256 mostWei,
        uint256 turns,
        bool hasSettler,
        uint256 settler
    ) private returns (uint256 toSettlerWei, uint256 toTrainersWei) {
        uint256 promisedWei = project.terms.budgetPerRoundWei;
        if (mostWei > promisedWei) mostWei = promisedWei;
        uint256 aggregatorCount = project.aggregatorCount;
        if (turns > aggregatorCount) turns = aggregatorCount;
        for (uint256 turn = 0; turn < turns; ++turn) {
            uint256 index = (project.progress.aggregatorIndex + turn) % aggregatorCount;
            AggregatorAccount storage account = project.aggregators[index];
            uint256 takenWei = account.bondWei < mostWei ? account.bondWei : mostWei;
            if (takenWei == 0) continue;
            mostWei -= takenWei;
            account.bondWei -= uint96(takenWei);
            // Whoever settles in another's place earns half; nobody earns from its own delay.
            uint256 settlerWei = hasSettler && settler != index ? takenWei / 2 : 0;
            toSettlerWei += settlerWei;
            toTrainersWei += takenWei - settlerWei;
            emit ITrainingMarket.BondForfeited(
                projectId,
                project.submissions.roundIndex,
                project.terms.aggregators[index],
                settlerWei,
                takenWei - settlerWei
            );
        }
    }

    /// @dev Credits the settler; returns what each readable submitter gets.
    function toSettler(
        uint256 projectId,
        Project storage project,
        uint256 budgetWei,
        uint256 turns,
        uint256 settler,
        uint256 readable
    ) internal returns (uint256 eachWei) {
        if (turns == 0) return 0;
        (uint256 settlerWei, uint256 trainersWei) = _take(projectId, project, budgetWei, turns, true, settler);
        project.aggregators[settler].earnedWei += uint96(settlerWei);
        eachWei = trainersWei / readable;
        project.progress.rewardLeftWei += uint96(trainersWei - eachWei * readable);
    }

    /// @dev Nobody settled in its turn: the bonds pay everybody who submitted.
    function toTrainers(uint256 projectId, Project storage project, uint256 turns) internal {
        uint256 submitted = project.submissions.submittedCount;
        if (turns == 0 || submitted == 0) return;
        (, uint256 trainersWei) = _take(projectId, project, project.roundBudget(), turns, false, 0);
        if (trainersWei == 0) return;
        uint256 eachWei = trainersWei / submitted;
        project.progress.rewardLeftWei += uint96(trainersWei - eachWei * submitted);
        uint256 mask = project.progress.eligibleMask & ~project.submissions.pendingMask;
        for (uint256 place = 0; place < RosterMask.CAPACITY; ++place) {
            if (mask.has(place)) project.trainers[project.roster[place]].earnedWei += uint96(eachWei);
        }
    }
}
