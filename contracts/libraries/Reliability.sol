// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @title How reliable a trainer has proven to be, 0 to 65535
/// @notice An exponentially weighted mean of proven outcomes that returns to neutral with time.
/// @dev Twin: services/protocol/market/reliability.ts, vectors test/vectors/reliability.json.
library Reliability {
    uint256 internal constant MAX = 65_535;
    /// @dev Of somebody about whom nothing is proven.
    uint256 internal constant NEUTRAL = 32_768;
    uint256 internal constant HALF_LIFE_SECONDS = 30 days;

    uint256 private constant _FACTOR_ONE = 65_536;
    uint256 private constant _MOST_HALVINGS = 17;
    uint8 private constant _ACCEPTED = 1;
    uint8 private constant _ABOVE_NORM_BOUND = 2;
    uint8 private constant _NOT_SELECTED = 8;

    /// @notice The score after a time without proven outcomes: its distance from neutral halves every half-life, linearly in
    /// between.
    function afterTime(uint256 score, uint256 elapsedSeconds) internal pure returns (uint256) {
        return towardsNeutral(score, decay(elapsedSeconds));
    }

    /// @notice What is left of a distance from neutral after a time, in 1/65536. Trainers of the same round have often waited for
    /// the same time, so that it need not be computed for each.
    function decay(uint256 elapsedSeconds) internal pure returns (uint256 factor) {
        uint256 halvings = elapsedSeconds / HALF_LIFE_SECONDS;
        if (halvings >= _MOST_HALVINGS) return 0;
        // The rest is below the half-life, so the factor is between a half and one before it is shifted.
        unchecked {
            uint256 rest = elapsedSeconds % HALF_LIFE_SECONDS;
            return (_FACTOR_ONE - (rest * (_FACTOR_ONE / 2)) / HALF_LIFE_SECONDS) >> halvings;
        }
    }

    /// @notice The score when `factor / 65536` is left of its distance from neutral, rounded towards neutral.
    function towardsNeutral(uint256 score, uint256 factor) internal pure returns (uint256) {
        // The distance has at most 16 bits and the factor 17; division of signed numbers rounds towards zero.
        unchecked {
            int256 distance = int256(score) - int256(NEUTRAL);
            return uint256(int256(NEUTRAL) + (distance * int256(factor)) / int256(_FACTOR_ONE));
        }
    }

    /// @notice The score after a proven verdict, for a score that was brought to the present first.
    /// @dev A rejection depends on the owner's reference, so it costs as little as an acceptance gains. The norm bound is in the
    /// terms and depends on nobody, so exceeding it halves the score.
    function afterVerdict(uint256 score, uint256 verdict) internal pure returns (uint256) {
        // Scores have 16 bits.
        unchecked {
            if (verdict == _ACCEPTED) return score + ((MAX - score) >> 4);
            return score - (score >> (verdict == _ABOVE_NORM_BOUND ? 1 : 4));
        }
    }

    /// @notice Whether a verdict says anything about its trainer. An inactive slot does not, nor one that multi-Krum passed over.
    function isOutcome(uint256 verdict) internal pure returns (bool) {
        return verdict != 0 && verdict != _NOT_SELECTED;
    }

    /// @notice Whether a verdict counts as a strike.
    function isRejection(uint256 verdict) internal pure returns (bool) {
        return isOutcome(verdict) && verdict != _ACCEPTED;
    }

    /// @notice Adds what happened in one project to the overall score, so that projects that run at once add up in any order.
    function afterProject(uint256 score, uint256 before, uint256 afterwards) internal pure returns (uint256) {
        if (afterwards >= before) {
            uint256 raised = score + (afterwards - before);
            return raised > MAX ? MAX : raised;
        }
        uint256 lost = before - afterwards;
        return lost > score ? 0 : score - lost;
    }
}
