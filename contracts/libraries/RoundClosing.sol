// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {MarketParts} from "../types/MarketParts.sol";
import {EndReason, VoidReason} from "../types/MarketViews.sol";
import {Project, ProjectStage} from "../types/Project.sol";
import {AggregatorTurns} from "./AggregatorTurns.sol";
import {MissedTurns} from "./MissedTurns.sol";
import {RosterMask} from "./RosterMask.sol";
import {RoundEnd} from "./RoundEnd.sol";
import {RoundPhases} from "./RoundPhases.sol";
import {SettleFees} from "./SettleFees.sol";
import {TrainerParts} from "./TrainerParts.sol";

/// @title How rounds close and projects end
/// @dev Deployed on its own and linked, to keep the market's code within the size limit.
library RoundClosing {
    using RosterMask for uint256;

    uint256 private constant _ABANDONS_TO_CHANGE = 2;

    /// @notice Ends a project: pays everybody what is theirs and the owner the rest.
    function end(Project storage project, MarketParts memory parts, uint256 projectId, EndReason reason) external {
        _end(parts, projectId, project, reason);
    }

    /// @notice Voids a round whose time is up.
    function expire(Project storage project, MarketParts memory parts, uint256 projectId) external {
        uint256 roundIndex = project.submissions.roundIndex;
        if (project.submissions.submittedCount < project.terms.minTrainers) {
            emit ITrainingMarket.RoundVoided(projectId, roundIndex, VoidReason.TooFewSubmissions, 0);
        } else {
            uint256 aggregatorCount = project.aggregatorCount;
            MissedTurns.toTrainers(projectId, project, aggregatorCount);
            emit ITrainingMarket.RoundVoided(projectId, roundIndex, VoidReason.NotSettled, 0);
            AggregatorTurns.putInCharge(projectId, project, (project.progress.aggregatorIndex + 1) % aggregatorCount);
        }
        _closeRound(parts, projectId, project);
    }

    /// @notice See `ITrainingMarket.abandonRound`.
    function abandon(
        Project storage project,
        MarketParts memory parts,
        uint256 projectId,
        uint256 roundIndex,
        uint8 reason
    ) external {
        RoundPhases.Clock memory clock = AggregatorTurns.requireAfterCommit(project, projectId, roundIndex);
        (uint256 index, uint256 turn) = AggregatorTurns.requireSettler(project, clock);
        uint256 inCharge = project.progress.aggregatorIndex;
        // Only in one's own turn: a late primary must not void what the standby is about to settle.
        if ((inCharge + turn) % clock.aggregatorCount != index)
            revert ITrainingMarket.MarketNotYourWindow(msg.sender, 0);
        // A standby that abandons does not excuse those who missed their turns before it.
        MissedTurns.toTrainers(projectId, project, turn);
        emit ITrainingMarket.RoundVoided(projectId, roundIndex, VoidReason.Abandoned, reason);
        uint256 abandons = project.progress.consecutiveAbandons + 1;
        bool isChanged = abandons == _ABANDONS_TO_CHANGE;
        project.progress.consecutiveAbandons = isChanged ? 0 : uint8(abandons);
        AggregatorTurns.putInCharge(projectId, project, isChanged ? (index + 1) % clock.aggregatorCount : index);
        _closeRound(parts, projectId, project);
    }

    function _closeRound(MarketParts memory parts, uint256 projectId, Project storage project) private {
        (bool isOver, EndReason reason) = RoundEnd.close(project);
        if (isOver) _end(parts, projectId, project, reason);
    }

    /// @dev Pays everybody what is theirs and the owner the rest. Bounded by the roster's capacity.
    function _end(MarketParts memory parts, uint256 projectId, Project storage project, EndReason reason) private {
        uint256 occupied = project.occupiedMask;
        project.progress.stage = ProjectStage.Over;
        project.occupiedMask = 0;
        project.rosterMask = 0;
        project.progress.rewardLeftWei = 0;
        address[] memory payees = new address[](RosterMask.CAPACITY + 3);
        uint256[] memory amountsWei = new uint256[](RosterMask.CAPACITY + 3);
        for (uint256 place = 0; place < RosterMask.CAPACITY; ++place) {
            if (!occupied.has(place)) continue;
            (payees[place], amountsWei[place]) = TrainerParts.close(
                parts.registry,
                projectId,
                project,
                project.roster[place]
            );
        }
        for (uint256 i = 0; i < 3; ++i) {
            uint256 amountWei = SettleFees.take(project, i) + project.aggregators[i].bondWei;
            if (amountWei == 0) continue;
            payees[RosterMask.CAPACITY + i] = parts.registry.payoutAddressOf(project.terms.aggregators[i]);
            amountsWei[RosterMask.CAPACITY + i] = amountWei;
            project.aggregators[i].bondWei = 0;
        }
        parts.vault.pay(projectId, payees, amountsWei);
        emit ITrainingMarket.ProjectEnded(projectId, reason, parts.vault.payRemainder(projectId, project.owner));
    }
}
