// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {TrainerRecord} from "../types/Project.sol";
import {PublicSignals} from "./PublicSignals.sol";
import {Reliability} from "./Reliability.sol";
import {TrainerWord} from "./TrainerWord.sol";

/// @title The trainers of a settlement, read from storage once
/// @notice A list in memory: for each trainer, in order of submission, the place of its record in storage and the record's word. The
/// rule's base weights and later the pay come from the same reading.
library RoundTrainers {
    /// @dev Assembly knows plain constants only. The layout is `TrainerWord`'s, the packing that of `PublicSignals`; tests compare.
    uint256 private constant _BASE_WEIGHT_SHIFT = 208;
    uint256 private constant _BASE_WEIGHT_MASK = 0x3ff;
    uint256 private constant _BASE_WEIGHT_BITS = 10;
    uint256 private constant _FIRST_WEIGHT_SHIFT = 96;
    uint256 private constant _SHIFT_OF_NO_WEIGHT = 246;

    /// @notice Reads the records of all trainers, and packs the base weights of those who take part as the terms need them.
    /// @param active Who takes part, the first trainer in the lowest bit.
    /// @return list Two words a trainer: the record's place, the record.
    /// @return firstWeights See `PublicSignals.packTerms`.
    /// @return secondWeights See `PublicSignals.packTerms`.
    function load(
        mapping(address trainer => TrainerRecord) storage records,
        address[] calldata trainers,
        uint256 active
    ) internal view returns (uint256[] memory list, uint256 firstWeights, uint256 secondWeights) {
        list = new uint256[](2 * trainers.length);
        // `sload` of the slot of `records[trainers[i]]`, which the compiler defines as the hash of the key and the mapping's slot.
        // Memory bounds: writes the scratch space and the list's elements, two for each of `trainers.length`; reads as many
        // elements of `trainers`, which the decoder has checked to lie within the call's data. Bits above an address are cut off:
        // they must not lead to a second record of the same trainer.
        assembly ("memory-safe") {
            mstore(0x20, records.slot)
            let element := add(list, 0x20)
            let trainer := trainers.offset
            let shift := _FIRST_WEIGHT_SHIFT
            for {
                let end := add(trainer, shl(5, trainers.length))
            } lt(trainer, end) {
                trainer := add(trainer, 0x20)
                element := add(element, 0x40)
            } {
                mstore(0x00, shr(96, shl(96, calldataload(trainer))))
                let place := keccak256(0x00, 0x40)
                let word := sload(place)
                mstore(element, place)
                mstore(add(element, 0x20), word)
                // A word of terms has room for fifteen weights behind its other fields.
                if eq(shift, _SHIFT_OF_NO_WEIGHT) {
                    firstWeights := secondWeights
                    secondWeights := 0
                    shift := 0
                }
                let weight := mul(and(active, 1), and(shr(_BASE_WEIGHT_SHIFT, word), _BASE_WEIGHT_MASK))
                secondWeights := or(secondWeights, shl(shift, weight))
                shift := add(shift, _BASE_WEIGHT_BITS)
                active := shr(1, active)
            }
            // With at most fifteen trainers the first word has never been full.
            if lt(trainers.length, 16) {
                firstWeights := secondWeights
                secondWeights := 0
            }
        }
    }

    /// @notice Books outcomes and earnings: one write a trainer.
    /// @param list The trainers, as `load` has read them.
    /// @param outcomes As `PublicSignals.unpack` tells them, one a trainer. Without a verdict only the earnings change.
    /// @param earningsWei One a trainer.
    /// @param maxStrikes As many strikes end a trainer's part; 0 for never.
    /// @return ending Whose part ends, the first trainer in the lowest bit: an update above the norm bound, or too many strikes.
    function book(
        uint256[] memory list,
        uint256[] memory outcomes,
        uint256[] memory earningsWei,
        uint256 maxStrikes
    ) internal returns (uint256 ending) {
        if (maxStrikes == 0) maxStrikes = type(uint256).max;
        // Those of a round have mostly waited for the same time, so what is left of their distance from neutral is the same.
        uint256 updatedAt = block.timestamp;
        uint256 decay = Reliability.decay(0);
        uint256 last = 0x20 * outcomes.length;
        // At most 29 trainers. `position` is where the two lists with one word a trainer have it; `list` has two.
        unchecked {
            for (uint256 position = 0x20; position <= last; position += 0x20) {
                (uint256 word, uint256 outcome, uint256 earnedWei) = _read(list, outcomes, earningsWei, position);
                word = TrainerWord.earn(word, earnedWei);
                uint256 verdict = PublicSignals.verdictOf(outcome);
                if (Reliability.isOutcome(verdict)) {
                    if (TrainerWord.updatedAt(word) != updatedAt) {
                        updatedAt = TrainerWord.updatedAt(word);
                        decay = Reliability.decay(block.timestamp - updatedAt);
                    }
                    if (verdict == PublicSignals.ACCEPTED) {
                        word = TrainerWord.afterAcceptance(word, block.timestamp, decay);
                    } else {
                        word = TrainerWord.afterOutcome(word, verdict, block.timestamp, decay);
                        if (verdict == PublicSignals.ABOVE_NORM_BOUND || TrainerWord.strikes(word) >= maxStrikes) {
                            ending |= 1 << (position / 0x20 - 1);
                        }
                    }
                }
                // Reads the place of the record, one word before the record itself.
                assembly ("memory-safe") {
                    sstore(mload(add(list, sub(shl(1, position), 0x20))), word)
                }
            }
        }
    }

    /// @notice Puts the trainers above the amounts, in place: an event pays for every word.
    /// @param amountsWei Below 2^96 each, as `TrainerWord.earn` has checked.
    /// @param trainers As many.
    function withAddresses(
        uint256[] memory amountsWei,
        address[] calldata trainers
    ) internal pure returns (uint256[] memory credits) {
        // Memory bounds: reads and writes the elements of `amountsWei`, as many as the decoder has found in `trainers`.
        assembly ("memory-safe") {
            credits := amountsWei
            let element := add(credits, 0x20)
            let trainer := trainers.offset
            for {
                let end := add(trainer, shl(5, trainers.length))
            } lt(trainer, end) {
                trainer := add(trainer, 0x20)
                element := add(element, 0x20)
            } {
                mstore(element, or(shl(96, calldataload(trainer)), mload(element)))
            }
        }
    }

    /// @dev What belongs to one trainer. The caller's loop ends with the last element of the two shorter lists, which are as long as
    /// `list` has pairs.
    function _read(
        uint256[] memory list,
        uint256[] memory outcomes,
        uint256[] memory earningsWei,
        uint256 position
    ) private pure returns (uint256 word, uint256 outcome, uint256 earnedWei) {
        assembly ("memory-safe") {
            word := mload(add(list, shl(1, position)))
            outcome := mload(add(outcomes, position))
            earnedWei := mload(add(earningsWei, position))
        }
    }
}
