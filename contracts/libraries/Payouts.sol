// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {PublicSignals} from "./PublicSignals.sol";

/// @title What a round pays
/// @notice As much of the round's budget is paid as of its submissions could be read. Of that a flat part is split evenly among the accepted trainers, the rest goes by the proof's shares; no
/// trainer gets more than the cap. Every division rounds down; what is not paid stays in the project's budget.
///
/// `flatEach = floor(floor(budget * flatBps / 10000) / accepted)`,
/// `byShare = floor((budget - floor(budget * flatBps / 10000)) * share / 65535)`,
/// `pay = min(flatEach + byShare, floor(budget * capBps / 10000))`.
/// @dev Twin: services/protocol/market/payout.ts, vectors test/vectors/payout.json.
library Payouts {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant SHARE_SUM = 65535;

    /// @dev What a round's pays are made of.
    /// @param flatEachWei What every accepted trainer gets.
    /// @param sharedWei What the shares divide.
    /// @param capWei What nobody gets more than.
    struct Rates {
        uint256 flatEachWei;
        uint256 sharedWei;
        uint256 capWei;
    }

    /// @notice What a round pays from: its budget, less the parts of submissions that were left out. Those stay in escrow: the
    /// others together never get more than their part by heads because an aggregator says that somebody could not be read.
    /// @param budgetWei The round's budget, below 2^96.
    /// @param readable Submissions that take part.
    /// @param submitted All submissions, at least one.
    function budgetForReadable(
        uint256 budgetWei,
        uint256 readable,
        uint256 submitted
    ) internal pure returns (uint256 readableWei) {
        return (budgetWei * readable) / submitted;
    }

    /// @notice What a round's budget comes to.
    /// @param budgetWei See `budgetForReadable`.
    /// @param flatBps Flat part in 1/10000.
    /// @param capBps Cap per trainer in 1/10000.
    /// @param accepted Trainers with an accepting verdict.
    function rates(
        uint256 budgetWei,
        uint256 flatBps,
        uint256 capBps,
        uint256 accepted
    ) internal pure returns (Rates memory result) {
        // Without anybody accepted nobody asks for a pay, and there is nothing to divide by.
        if (accepted == 0) return result;
        uint256 flatWei = (budgetWei * flatBps) / BPS;
        result.flatEachWei = flatWei / accepted;
        result.sharedWei = budgetWei - flatWei;
        result.capWei = (budgetWei * capBps) / BPS;
    }

    /// @notice What one trainer is paid: nothing unless it is accepted. All together at most the budget, because shares sum to at most
    /// 65535.
    /// @param outcome The trainer's, as `PublicSignals.unpack` tells it.
    function payOf(Rates memory self, uint256 outcome) internal pure returns (uint256 payWei) {
        if (PublicSignals.verdictOf(outcome) != PublicSignals.ACCEPTED) return 0;
        // Amounts are below 2^96 and shares below 2^16: nothing comes near 2^256.
        unchecked {
            payWei = self.flatEachWei + (self.sharedWei * uint16(outcome)) / SHARE_SUM;
        }
        uint256 capWei = self.capWei;
        if (payWei > capWei) payWei = capWei;
    }
}
