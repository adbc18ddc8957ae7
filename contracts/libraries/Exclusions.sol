// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {Project} from "../types/Project.sol";
import {SettleRound} from "../types/RoundRequests.sol";
import {PublicSignals} from "./PublicSignals.sol";
import {RosterMask} from "./RosterMask.sol";

/// @title Which bundles a settlement may leave out as unreadable
/// @notice An exclusion is the aggregator's word, so it touches no stake, strike or reliability. What the chain can check, it does:
/// a missing key or bundle cannot be claimed before the reveal phase is over, and a missing key not of a trainer who released it
/// on chain.
library Exclusions {
    using RosterMask for uint256;

    uint8 internal constant KEY_NOT_RELEASED = 1;
    uint8 internal constant BUNDLE_NOT_FOUND = 2;
    uint8 internal constant LAST_REASON = 5;

    /// @notice Checks a settlement's exclusions and emits them.
    /// @param project The project.
    /// @param request The settlement, whose trainers are known to be those who submitted.
    /// @param submitted How many those are.
    /// @param isRevealOver Whether the reveal phase is over.
    /// @return readable How many submissions are left.
    function check(
        Project storage project,
        SettleRound calldata request,
        uint256 submitted,
        bool isRevealOver
    ) internal returns (uint256 readable) {
        uint256 mask = request.excludedMask;
        uint256 excluded = mask.count();
        if (request.exclusionReasons.length != excluded) {
            revert ITrainingMarket.MarketWrongLength(excluded, request.exclusionReasons.length);
        }
        uint256 used;
        for (uint256 slot = 0; mask != 0; ++slot) {
            if (mask & 1 == 1) {
                uint8 reason = uint8(request.exclusionReasons[used++]);
                bool isSubmission =
                    slot >= PublicSignals.FIRST_TRAINER_SLOT && slot < PublicSignals.FIRST_TRAINER_SLOT + submitted;
                if (!isSubmission || reason == 0 || reason > LAST_REASON) {
                    revert ITrainingMarket.MarketInvalidExclusion(slot, reason);
                }
                address trainer = request.trainers[slot - PublicSignals.FIRST_TRAINER_SLOT];
                bool isTooEarly = !isRevealOver && (reason == KEY_NOT_RELEASED || reason == BUNDLE_NOT_FOUND);
                if (isTooEarly || (reason == KEY_NOT_RELEASED && _hasRevealed(project, request.roundIndex, trainer))) {
                    revert ITrainingMarket.MarketInvalidExclusion(slot, reason);
                }
                emit ITrainingMarket.SubmissionExcluded(request.projectId, request.roundIndex, trainer, slot, reason);
            }
            mask >>= 1;
        }
        readable = submitted - excluded;
        uint256 needed = project.terms.minTrainers;
        if (readable < needed) revert ITrainingMarket.MarketTooFewReadable(needed, readable);
    }

    function _hasRevealed(Project storage project, uint256 roundIndex, address trainer) private view returns (bool) {
        return
            project.reveals.roundIndex == roundIndex &&
            uint256(project.reveals.revealedMask).has(project.trainers[trainer].rosterIndex);
    }
}
