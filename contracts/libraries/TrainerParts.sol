// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {TrainerStatus} from "../types/MarketViews.sol";
import {Project, TrainerRecord} from "../types/Project.sol";
import {Reliability} from "./Reliability.sol";

/// @title The end of a trainer's part in a project
library TrainerParts {
    /// @dev Ends a trainer's part; whoever calls this pays what it returns.
    function close(
        IParticipantRegistry registry,
        uint256 projectId,
        Project storage project,
        address trainer
    ) internal returns (address payee, uint256 amountWei) {
        TrainerRecord memory record = project.trainers[trainer];
        amountWei = record.earnedWei + project.stakesWei[trainer];
        payee = registry.payoutAddressOf(trainer);
        delete project.roster[record.rosterIndex];
        delete project.stakesWei[trainer];
        uint256 reliability = Reliability.afterTime(record.reliability, block.timestamp - record.reliabilityUpdatedAt);
        bool hasOutcome =
            record.reliability != record.joinReliability || record.reliabilityUpdatedAt != record.joinedAt;
        record.earnedWei = 0;
        record.status = TrainerStatus.Left;
        project.trainers[trainer] = record;
        emit ITrainingMarket.TrainerLeft(projectId, trainer, amountWei, reliability);
        // Without a proven outcome there is nothing to record; time is the registry's own business.
        if (hasOutcome) {
            uint256 before = Reliability.afterTime(record.joinReliability, block.timestamp - record.joinedAt);
            registry.recordReliability(trainer, projectId, before, reliability);
        }
    }
}
