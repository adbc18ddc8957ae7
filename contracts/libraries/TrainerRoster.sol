// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {MarketParts} from "../types/MarketParts.sol";
import {TrainerStatus} from "../types/MarketViews.sol";
import {Progress, Project, ProjectStage, TrainerRecord} from "../types/Project.sol";
import {BaseWeightKind, ProjectTerms} from "../types/ProjectTerms.sol";
import {RoundPhase} from "../types/RoundPhase.sol";
import {MissedRounds} from "./MissedRounds.sol";
import {ProjectClock} from "./ProjectClock.sol";
import {RosterMask} from "./RosterMask.sol";
import {SinglePayment} from "./SinglePayment.sol";
import {TrainerParts} from "./TrainerParts.sol";

/// @title How trainers join and leave
/// @dev Deployed on its own and linked, to keep the market's code within the size limit.
library TrainerRoster {
    using ProjectClock for Project;
    using RosterMask for uint256;

    uint256 private constant _FULL_WEIGHT = 1023;
    /// @dev Of who was released: in no mask, so that nobody takes it for the one who has its place now.
    uint8 private constant _NO_PLACE = type(uint8).max;

    /// @notice See `ITrainingMarket.joinProject`.
    function join(
        Project storage project,
        MarketParts memory parts,
        uint256 projectId,
        uint256 stakeAmountWei
    ) external {
        (RoundPhase phase, ) = project.phase();
        if (phase == RoundPhase.Overdue) revert ITrainingMarket.MarketWrongPhase(projectId, RoundPhase.Idle, phase);
        if (project.isStopAnnounced) revert ITrainingMarket.MarketStopAnnounced(projectId);
        _requireNoConflict(project, msg.sender);
        TrainerRecord memory record = project.trainers[msg.sender];
        // Who was released comes back with the strikes that it had.
        if (record.status != TrainerStatus.None && record.status != TrainerStatus.Released) {
            revert ITrainingMarket.MarketAlreadyJoined(msg.sender, record.status);
        }
        record.baseWeight = _baseWeight(project.terms, stakeAmountWei);
        record.reliability = _joinReliability(parts.registry, project.terms.minReliability);
        record.joinReliability = record.reliability;
        record.reliabilityUpdatedAt = uint32(block.timestamp);
        record.joinedAt = uint32(block.timestamp);
        record.status = TrainerStatus.Active;
        uint256 place = uint256(project.occupiedMask).firstFree();
        if (place == RosterMask.CAPACITY) revert ITrainingMarket.MarketRosterFull(projectId, RosterMask.CAPACITY);
        record.rosterIndex = uint8(place);

        project.trainers[msg.sender] = record;
        project.roster[place] = msg.sender;
        project.stakesWei[msg.sender] = stakeAmountWei;
        project.occupiedMask |= uint40(1 << place);
        project.rosterMask |= uint40(1 << place);
        emit ITrainingMarket.TrainerJoined(
            projectId,
            msg.sender,
            place,
            record.baseWeight,
            stakeAmountWei,
            record.reliability
        );
        if (stakeAmountWei != 0) {
            parts.vault.deposit(projectId, project.terms.rewardToken, msg.sender, stakeAmountWei);
        }
    }

    /// @notice See `ITrainingMarket.leaveProject`.
    function leaveProject(Project storage project, MarketParts memory parts, uint256 projectId) external {
        TrainerRecord storage record = project.trainers[msg.sender];
        if (record.status == TrainerStatus.Active) {
            record.status = TrainerStatus.Leaving;
            project.rosterMask &= ~uint40(1 << record.rosterIndex);
            emit ITrainingMarket.TrainerLeaving(projectId, msg.sender);
            if (_isInRound(project, record.rosterIndex)) return;
        }
        _release(parts, projectId, project, msg.sender);
    }

    /// @notice See `ITrainingMarket.releaseTrainer`.
    function release(Project storage project, MarketParts memory parts, uint256 projectId, address trainer) external {
        TrainerRecord storage record = project.trainers[trainer];
        if (record.status != TrainerStatus.Active) {
            _release(parts, projectId, project, trainer);
            return;
        }
        uint256 place = record.rosterIndex;
        _requireIdle(project, trainer, place);
        project.rosterMask &= ~uint40(1 << place);
        emit ITrainingMarket.TrainerReleased(projectId, trainer, msg.sender);
        (address payee, uint256 amountWei) = _close(parts, projectId, project, trainer, place);
        record.status = TrainerStatus.Released;
        record.rosterIndex = _NO_PLACE;
        SinglePayment.pay(parts.vault, projectId, payee, amountWei);
    }

    /// @dev Pays a trainer that has no further part, and frees its place.
    function _release(MarketParts memory parts, uint256 projectId, Project storage project, address trainer) private {
        TrainerRecord memory record = project.trainers[trainer];
        bool isLeaving =
            record.status == TrainerStatus.Leaving ||
                record.status == TrainerStatus.Expelled ||
                record.status == TrainerStatus.Slashed;
        if (!isLeaving) revert ITrainingMarket.MarketNotATrainer(trainer, record.status);
        (address payee, uint256 amountWei) = _close(parts, projectId, project, trainer, record.rosterIndex);
        SinglePayment.pay(parts.vault, projectId, payee, amountWei);
    }

    /// @dev Everything but the payment.
    function _close(
        MarketParts memory parts,
        uint256 projectId,
        Project storage project,
        address trainer,
        uint256 place
    ) private returns (address payee, uint256 amountWei) {
        if (_isInRound(project, place)) {
            revert ITrainingMarket.MarketTrainerInRound(trainer, project.submissions.roundIndex);
        }
        project.occupiedMask &= ~uint40(1 << place);
        MissedRounds.forget(project, place);
        return TrainerParts.close(parts.registry, projectId, project, trainer);
    }

    /// @dev Nobody loses a place that nobody needs: while one is free, whoever wants to join takes that.
    function _requireIdle(Project storage project, address trainer, uint256 place) private view {
        uint256 missed = MissedRounds.countAt(project, place);
        uint256 free = RosterMask.CAPACITY - uint256(project.occupiedMask).count();
        if (missed != MissedRounds.IDLE || free != 0) {
            revert ITrainingMarket.MarketTrainerNotIdle(trainer, missed, free);
        }
    }

    function _requireNoConflict(Project storage project, address account) private view {
        bool isConflict = account == project.owner || account == project.terms.referee;
        for (uint256 i = 0; i < 3; ++i) {
            isConflict = isConflict || account == project.terms.aggregators[i];
        }
        if (isConflict) revert ITrainingMarket.MarketConflictOfInterest(account);
    }

    function _baseWeight(ProjectTerms storage terms, uint256 stakeAmountWei) private view returns (uint16) {
        uint256 leastWei = terms.stakeWei;
        bool isEqual = terms.baseWeightKind == BaseWeightKind.Equal;
        if (isEqual ? stakeAmountWei != leastWei : stakeAmountWei < leastWei || stakeAmountWei > type(uint88).max) {
            revert ITrainingMarket.MarketWrongAmount(leastWei, stakeAmountWei);
        }
        if (isEqual) return uint16(_FULL_WEIGHT);
        uint256 weight = (stakeAmountWei * _FULL_WEIGHT) / terms.fullWeightStakeWei;
        if (weight == 0) return 1;
        return uint16(weight < _FULL_WEIGHT ? weight : _FULL_WEIGHT);
    }

    function _joinReliability(IParticipantRegistry registry, uint256 minReliability) private view returns (uint16) {
        if (!registry.isRegistered(msg.sender)) revert ITrainingMarket.MarketNotRegistered(msg.sender);
        uint256 reliability = registry.reliabilityOf(msg.sender);
        if (reliability < minReliability)
            revert ITrainingMarket.MarketNotReliable(msg.sender, minReliability, reliability);
        return uint16(reliability);
    }

    function _isInRound(Project storage project, uint256 place) private view returns (bool) {
        Progress memory progress = project.progress;
        return progress.stage == ProjectStage.InRound && uint256(progress.eligibleMask).has(place);
    }
}
