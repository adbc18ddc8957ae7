// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IRewardVault} from "../interfaces/IRewardVault.sol";
import {ProjectView, RoundView, TrainerView} from "../types/MarketViews.sol";
import {PackedPoint} from "../types/PackedPoint.sol";
import {Project, ProjectStage, TrainerRecord} from "../types/Project.sol";
import {MissedRounds} from "./MissedRounds.sol";
import {PackedPoints} from "./PackedPoints.sol";
import {ProjectClock} from "./ProjectClock.sol";
import {RosterMask} from "./RosterMask.sol";
import {RoundPhases} from "./RoundPhases.sol";
import {SettleFees} from "./SettleFees.sol";

/// @title Whole views of projects, rounds and trainers
/// @dev Deployed on its own and linked: it would not fit into the market's code, and transactions do not need it.
library MarketReader {
    using PackedPoints for PackedPoint;
    using RosterMask for uint256;

    /// @notice A project.
    function readProject(
        Project storage project,
        uint256 projectId,
        IRewardVault vault
    ) external view returns (ProjectView memory view_) {
        view_.projectId = projectId;
        view_.owner = project.owner;
        view_.terms = project.terms;
        (view_.phase, view_.phaseEndsAt) = ProjectClock.phase(project);
        view_.isStopAnnounced = project.isStopAnnounced;
        view_.rewardLeftWei = project.progress.rewardLeftWei;
        (, view_.escrowWei) = vault.potOf(projectId);
        view_.nextRoundIndex = project.progress.nextRoundIndex;
        view_.appliedRounds = project.progress.appliedRounds;
        view_.consecutiveVoids = project.progress.consecutiveVoids;
        view_.consecutiveAbandons = project.progress.consecutiveAbandons;
        view_.aggregatorIndex = project.progress.aggregatorIndex;
        view_.rosterMask = project.rosterMask;
        view_.trainerCount = view_.rosterMask.count();
        view_.occupiedMask = project.occupiedMask;
        view_.modelCommitment = project.modelCommitment.unpack();
        view_.aggregateCommitment = project.aggregateCommitment.unpack();
        for (uint256 i = 0; i < 3; ++i) {
            view_.bondsWei[i] = project.aggregators[i].bondWei;
            view_.aggregatorsEarnedWei[i] = SettleFees.earnedWei(project, i);
        }
    }

    /// @notice The open round, or the last one.
    function readRound(Project storage project) external view returns (RoundView memory view_) {
        RoundPhases.Clock memory clock = ProjectClock.read(project);
        view_.isOpen = project.progress.stage == ProjectStage.InRound;
        view_.roundIndex = project.submissions.roundIndex;
        (view_.phase, ) = RoundPhases.phaseAt(clock, block.timestamp);
        view_.commitClosesAt = clock.commitClosesAt;
        view_.revealClosesAt = clock.commitClosesAt + clock.revealSeconds;
        view_.settleClosesAt = view_.revealClosesAt + clock.settleSeconds * clock.aggregatorCount;
        uint256 turn = RoundPhases.settleTurn(clock, block.timestamp);
        view_.settlerIndex = (project.progress.aggregatorIndex + turn) % clock.aggregatorCount;
        view_.budgetWei = ProjectClock.roundBudget(project);
        view_.submittedCount = project.submissions.submittedCount;
        view_.eligibleMask = project.progress.eligibleMask;
        view_.pendingMask = project.submissions.pendingMask;
        if (project.reveals.roundIndex == project.submissions.roundIndex) {
            view_.revealedMask = project.reveals.revealedMask;
            view_.isReferenceRevealed = project.reveals.isReferenceRevealed;
        }
        view_.submissionsHash = project.submissions.submissionsHash;
    }

    /// @notice Trainers by roster place, free places left out.
    function readTrainers(
        Project storage project,
        uint256 offset,
        uint256 limit
    ) external view returns (TrainerView[] memory page) {
        uint256 occupied = project.occupiedMask;
        uint256 end =
            offset >= RosterMask.CAPACITY || limit > RosterMask.CAPACITY - offset
                ? RosterMask.CAPACITY
                : offset + limit;
        uint256 length;
        for (uint256 place = offset; place < end; ++place) {
            if (occupied.has(place)) ++length;
        }
        page = new TrainerView[](length);
        length = 0;
        for (uint256 place = offset; place < end; ++place) {
            if (occupied.has(place)) page[length++] = _trainer(project, project.roster[place]);
        }
    }

    /// @notice One trainer.
    function readTrainer(Project storage project, address trainer) external view returns (TrainerView memory) {
        return _trainer(project, trainer);
    }

    function _trainer(Project storage project, address trainer) private view returns (TrainerView memory) {
        TrainerRecord memory record = project.trainers[trainer];
        // Whoever is gone keeps its record, while somebody else may have its place.
        bool isInPlace = project.roster[record.rosterIndex] == trainer;
        return
            TrainerView({
                trainer: trainer,
                status: record.status,
                rosterIndex: record.rosterIndex,
                baseWeight: record.baseWeight,
                reliability: record.reliability,
                reliabilityUpdatedAt: record.reliabilityUpdatedAt,
                strikes: record.strikes,
                missedRounds: isInPlace ? MissedRounds.countAt(project, record.rosterIndex) : 0,
                earnedWei: record.earnedWei,
                stakeWei: project.stakesWei[trainer]
            });
    }
}
