// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {TrainerRecord} from "../types/Project.sol";
import {Payouts} from "./Payouts.sol";
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

    /// @dev What a settlement pays.
    /// @param rates What the round's budget comes to.
    /// @param forfeitEachWei What each trainer that takes part gets out of forfeited bonds, whatever became of its update.
    /// @param active Who takes part, the first trainer in the lowest bit.
    struct Payment {
        Payouts.Rates rates;
        uint256 forfeitEachWei;
        uint256 active;
    }

    /// @dev What a settlement has booked.
    /// @param credits Who is credited what, forfeited bonds included: `trainer << 96 | wei`; see `RoundSettled`.
    /// @param paidWei What the round's budget pays of it.
    /// @param ending Whose part ends, the first trainer in the lowest bit: an update above the norm bound, or too many strikes.
    struct Booked {
        uint256[] credits;
        uint256 paidWei;
        uint256 ending;
    }

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
        // elements of `trainers`, which are those that submitted (`RoundSubmissions`). Bits above an address are cut off: they must not
        // lead to a second record of the same trainer.
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

    /// @notice Pays every trainer and books what is proven of it: one pass, one write a trainer.
    /// @param list The trainers, as `load` has read them.
    /// @param trainers Their addresses.
    /// @param outcomes As `PublicSignals.unpack` tells them, one a trainer. Without a verdict only the earnings change.
    /// @param payment What there is to pay.
    /// @param maxStrikes As many strikes end a trainer's part; 0 for never.
    /// @return booked What was paid to whom, and whose part ends.
    function book(
        uint256[] memory list,
        address[] calldata trainers,
        uint256[] memory outcomes,
        Payment memory payment,
        uint256 maxStrikes
    ) internal returns (Booked memory booked) {
        if (maxStrikes == 0) maxStrikes = type(uint256).max;
        // Those of a round have mostly waited for the same time, so what is left of their distance from neutral is the same.
        uint256 updatedAt = block.timestamp;
        uint256 decay = Reliability.decay(0);
        uint256 active = payment.active;
        uint256 paidWei = 0;
        uint256[] memory credits = new uint256[](outcomes.length);
        uint256 last = 0x20 * outcomes.length;
        // At most 29 trainers. `position` is where the lists with one word a trainer have it; `list` has two.
        unchecked {
            for (uint256 position = 0x20; position <= last; position += 0x20) {
                (uint256 word, uint256 outcome) = _read(list, outcomes, position);
                uint256 creditWei = Payouts.payOf(payment.rates, outcome);
                paidWei += creditWei;
                creditWei += payment.forfeitEachWei * (active & 1);
                active >>= 1;
                word = TrainerWord.earn(word, creditWei);
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
                            booked.ending |= 1 << (position / 0x20 - 1);
                        }
                    }
                }
                _write(list, trainers, credits, position, word, creditWei);
            }
        }
        (booked.credits, booked.paidWei) = (credits, paidWei);
    }

    /// @dev What belongs to one trainer. The caller's loop ends with the last element of `outcomes`, which is as long as `list` has
    /// pairs.
    function _read(
        uint256[] memory list,
        uint256[] memory outcomes,
        uint256 position
    ) private pure returns (uint256 word, uint256 outcome) {
        assembly ("memory-safe") {
            word := mload(add(list, shl(1, position)))
            outcome := mload(add(outcomes, position))
        }
    }

    /// @dev Writes a record to its place, which `list` has one word before the record itself, and the credit `trainer << 96 | wei`;
    /// `TrainerWord.earn` has checked that the amount is below 2^96. `credits` is as long as `outcomes`, and so is `trainers`.
    function _write(
        uint256[] memory list,
        address[] calldata trainers,
        uint256[] memory credits,
        uint256 position,
        uint256 word,
        uint256 creditWei
    ) private {
        assembly ("memory-safe") {
            sstore(mload(add(list, sub(shl(1, position), 0x20))), word)
            let trainer := calldataload(add(trainers.offset, sub(position, 0x20)))
            mstore(add(credits, position), or(shl(96, trainer), creditWei))
        }
    }
}
