// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {Project} from "../types/Project.sol";
import {ProjectTerms} from "../types/ProjectTerms.sol";
import {RoundPhase} from "../types/RoundPhase.sol";
import {ProjectClock} from "./ProjectClock.sol";
import {RoundPhases} from "./RoundPhases.sol";

/// @title Whose turn it is
/// @notice Aggregators take turns in their order, starting from the one in charge; each may still act in the turns after its own.
library AggregatorTurns {
    using ProjectClock for Project;

    function indexOf(ProjectTerms storage terms, address account) internal view returns (uint256 index) {
        for (; index < 3; ++index) {
            if (terms.aggregators[index] == account) return index;
        }
        revert ITrainingMarket.MarketNotAnAggregator(account);
    }

    /// @dev The caller's index, and its place in the order of turns, in which whoever is in charge comes first.
    function _turnOf(
        Project storage project,
        uint256 aggregatorCount
    ) internal view returns (uint256 index, uint256 place) {
        index = indexOf(project.terms, msg.sender);
        place = (index + aggregatorCount - project.progress.aggregatorIndex) % aggregatorCount;
    }

    function requireOpener(
        Project storage project,
        RoundPhases.Clock memory clock
    ) internal view returns (uint256 index) {
        uint256 place;
        (index, place) = _turnOf(project, clock.aggregatorCount);
        if (place > RoundPhases.openTurn(clock, block.timestamp)) {
            revert ITrainingMarket.MarketNotYourWindow(msg.sender, clock.waitingSince + place * clock.openSeconds);
        }
        uint256 bondWei = project.aggregators[index].bondWei;
        if (bondWei < project.terms.aggregatorBondWei) {
            revert ITrainingMarket.MarketBondMissing(msg.sender, project.terms.aggregatorBondWei, bondWei);
        }
    }

    /// @dev Also settles late: whoever missed its turn still serves everybody by settling, and still forfeits.
    function requireSettler(
        Project storage project,
        RoundPhases.Clock memory clock
    ) internal view returns (uint256 index, uint256 turn) {
        uint256 place;
        (index, place) = _turnOf(project, clock.aggregatorCount);
        turn = RoundPhases.settleTurn(clock, block.timestamp);
        if (place > turn) {
            revert ITrainingMarket.MarketNotYourWindow(
                msg.sender,
                clock.commitClosesAt + clock.revealSeconds + place * clock.settleSeconds
            );
        }
    }

    function requireAfterCommit(
        Project storage project,
        uint256 projectId,
        uint256 roundIndex
    ) internal view returns (RoundPhases.Clock memory clock) {
        clock = project.read();
        (RoundPhase phase, ) = RoundPhases.phaseAt(clock, block.timestamp);
        if (phase != RoundPhase.Reveal && phase != RoundPhase.Settle) {
            revert ITrainingMarket.MarketWrongPhase(projectId, RoundPhase.Settle, phase);
        }
        uint256 openIndex = project.submissions.roundIndex;
        if (roundIndex != openIndex) revert ITrainingMarket.MarketWrongRound(projectId, openIndex, roundIndex);
    }

    function putInCharge(uint256 projectId, Project storage project, uint256 index) internal {
        if (index == project.progress.aggregatorIndex) return;
        project.progress.aggregatorIndex = uint8(index);
        emit ITrainingMarket.AggregatorChanged(projectId, project.terms.aggregators[index], index);
    }
}
