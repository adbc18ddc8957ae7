// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {TrainerStatus} from "../types/MarketViews.sol";
import {TrainerRecord} from "../types/Project.sol";
import {Reliability} from "./Reliability.sol";

/// @title A trainer's record as the one word that it is in storage
/// @notice A settlement changes earnings, reliability and strikes of every trainer of the round; on the word that takes a few
/// shifts, where unpacking and packing nine fields took most of its gas.
/// @dev The layout is the compiler's for `TrainerRecord`, lowest bits first; `TrainerWord.t.sol` compares the two field by field.
library TrainerWord {
    uint256 private constant _EARNED_MASK = type(uint96).max;
    uint256 private constant _RELIABILITY_SHIFT = 96;
    uint256 private constant _UPDATED_AT_SHIFT = 128;
    uint256 private constant _STRIKES_SHIFT = 192;
    uint256 private constant _ROSTER_INDEX_SHIFT = 200;
    uint256 private constant _BASE_WEIGHT_SHIFT = 208;
    uint256 private constant _STATUS_SHIFT = 224;
    /// @dev Everything that a proven outcome replaces.
    uint256 private constant _OUTCOME_MASK =
        (uint256(0xffff) << _RELIABILITY_SHIFT) |
            (uint256(0xffffffff) << _UPDATED_AT_SHIFT) |
            (uint256(0xff) << _STRIKES_SHIFT);

    /// @notice Reads a record.
    function load(TrainerRecord storage record) internal view returns (uint256 word) {
        // Reads the record's only slot; touches no memory.
        assembly ("memory-safe") {
            word := sload(record.slot)
        }
    }

    /// @notice Writes a record.
    function store(TrainerRecord storage record, uint256 word) internal {
        // Writes the record's only slot; touches no memory.
        assembly ("memory-safe") {
            sstore(record.slot, word)
        }
    }

    /// @notice Adds to the earnings. Panics past 2^96, which no pot can hold.
    function earn(uint256 word, uint256 amountWei) internal pure returns (uint256) {
        assert(amountWei <= _EARNED_MASK - (word & _EARNED_MASK));
        // The earnings are the lowest bits, and the sum fits into them.
        unchecked {
            return word + amountWei;
        }
    }

    /// @notice Takes a proven outcome into reliability and strikes. Only for verdicts that are one.
    /// @param decay What is left of the distance from neutral since the last outcome; see `Reliability.decay`.
    function afterOutcome(
        uint256 word,
        uint256 verdict,
        uint256 nowSeconds,
        uint256 decay
    ) internal pure returns (uint256) {
        uint256 score = Reliability.towardsNeutral(uint16(word >> _RELIABILITY_SHIFT), decay);
        score = Reliability.afterVerdict(score, verdict);
        uint256 strikes_ = strikes(word);
        // Saturates: without a strike policy a long project may reject somebody more often than the type counts, and must not be
        // stopped by that.
        unchecked {
            if (!Reliability.isRejection(verdict)) {
                if (strikes_ != 0) --strikes_;
            } else if (strikes_ != type(uint8).max) {
                ++strikes_;
            }
        }
        return
            (word & ~_OUTCOME_MASK) |
            (score << _RELIABILITY_SHIFT) |
            (uint256(uint32(nowSeconds)) << _UPDATED_AT_SHIFT) |
            (strikes_ << _STRIKES_SHIFT);
    }

    /// @notice `afterOutcome` for a trainer that was accepted, as most are: without the branches for the others.
    function afterAcceptance(uint256 word, uint256 nowSeconds, uint256 decay) internal pure returns (uint256) {
        uint256 score = Reliability.towardsNeutral(uint16(word >> _RELIABILITY_SHIFT), decay);
        uint256 strikes_ = strikes(word);
        // Scores have 16 bits, seconds 32; one strike less, unless there is none.
        unchecked {
            score += (Reliability.MAX - score) >> 4;
            assembly ("memory-safe") {
                strikes_ := sub(strikes_, gt(strikes_, 0))
            }
        }
        return
            (word & ~_OUTCOME_MASK) |
            (score << _RELIABILITY_SHIFT) |
            (nowSeconds << _UPDATED_AT_SHIFT) |
            (strikes_ << _STRIKES_SHIFT);
    }

    /// @notice When reliability was brought to the present, Unix seconds.
    function updatedAt(uint256 word) internal pure returns (uint256) {
        return uint32(word >> _UPDATED_AT_SHIFT);
    }

    /// @notice The strikes.
    function strikes(uint256 word) internal pure returns (uint256) {
        return uint8(word >> _STRIKES_SHIFT);
    }

    /// @notice The place on the roster.
    function rosterIndex(uint256 word) internal pure returns (uint256) {
        return uint8(word >> _ROSTER_INDEX_SHIFT);
    }

    /// @notice The rule's base weight.
    function baseWeight(uint256 word) internal pure returns (uint256) {
        return uint16(word >> _BASE_WEIGHT_SHIFT);
    }

    /// @notice Whether the trainer is in the project, perhaps on its way out.
    function takesPart(uint256 word) internal pure returns (bool) {
        uint256 status_ = uint8(word >> _STATUS_SHIFT);
        return status_ == uint256(TrainerStatus.Active) || status_ == uint256(TrainerStatus.Leaving);
    }
}
