// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {RoundPhase} from "../types/RoundPhase.sol";

/// @title Where a project is, as a function of time
/// @notice Every phase holds up to, and not including, its end. Time is an argument.
/// @dev Twin: services/protocol/market/phases.ts.
library RoundPhases {
    /// @notice What the phases depend on.
    /// @param isEnded Whether the project is over.
    /// @param isRoundOpen Whether a round is open.
    /// @param waitingSince Unix seconds since which the project waits for a round.
    /// @param commitClosesAt Unix seconds: end of the open round's commit phase.
    /// @param hasEnough Whether as many have submitted as a round needs.
    /// @param aggregatorCount How many aggregators take turns.
    /// @param openSeconds Turn of each to open a round.
    /// @param revealSeconds Length of the reveal phase.
    /// @param settleSeconds Turn of each to settle.
    struct Clock {
        bool isEnded;
        bool isRoundOpen;
        uint256 waitingSince;
        uint256 commitClosesAt;
        bool hasEnough;
        uint256 aggregatorCount;
        uint256 openSeconds;
        uint256 revealSeconds;
        uint256 settleSeconds;
    }

    /// @notice The phase at a time, and when it ends by itself.
    /// @return phase The phase.
    /// @return endsAt Unix seconds; for phases that wait for a `poke`, the time since which they do; 0 once ended.
    function phaseAt(Clock memory clock, uint256 nowSeconds) internal pure returns (RoundPhase phase, uint256 endsAt) {
        if (clock.isEnded) return (RoundPhase.Ended, 0);
        if (!clock.isRoundOpen) {
            endsAt = clock.waitingSince + clock.openSeconds * clock.aggregatorCount;
            return (nowSeconds < endsAt ? RoundPhase.Idle : RoundPhase.Overdue, endsAt);
        }
        if (nowSeconds < clock.commitClosesAt) return (RoundPhase.Commit, clock.commitClosesAt);
        if (!clock.hasEnough) return (RoundPhase.Expired, clock.commitClosesAt);
        endsAt = clock.commitClosesAt + clock.revealSeconds;
        if (nowSeconds < endsAt) return (RoundPhase.Reveal, endsAt);
        endsAt += clock.settleSeconds * clock.aggregatorCount;
        return (nowSeconds < endsAt ? RoundPhase.Settle : RoundPhase.Expired, endsAt);
    }

    /// @notice How many aggregators' turns to open have passed: those from the one in charge up to this may open.
    function openTurn(Clock memory clock, uint256 nowSeconds) internal pure returns (uint256 turn) {
        return nowSeconds < clock.waitingSince ? 0 : (nowSeconds - clock.waitingSince) / clock.openSeconds;
    }

    /// @notice How many aggregators' turns to settle have passed: those from the one in charge up to this may settle.
    function settleTurn(Clock memory clock, uint256 nowSeconds) internal pure returns (uint256 turn) {
        uint256 firstTurnAt = clock.commitClosesAt + clock.revealSeconds;
        return nowSeconds < firstTurnAt ? 0 : (nowSeconds - firstTurnAt) / clock.settleSeconds;
    }
}
