// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Bn254} from "./Bn254.sol";

/// @title The public signals of every round-rule circuit
/// @notice Three for every number of slots, in the circuits' order: folded, alpha, gramHash. With `n` slots there are `n - 3`
/// trainers.
///
/// `folded` carries the outcome's and then the terms' words, x_0 to x_(m-1), and mu: `sum_k alpha^k x_k + alpha^m mu`. A signal of its
/// own for each would cost a multiplication of a point for each. Nobody can exchange the words for others: alpha is a hash of all of
/// them, and the circuit's own are fixed by gramHash, of which alpha is a hash too.
///
/// An outcome word packs eight trainers, 31 bits each, the first in the lowest bits:
/// `share (16 bits) | weight << 16 (11 bits) | verdict << 27 (4 bits)`.
///
/// The first terms word is `activeMask (32 bits) | normBoundSquared << 32 (54 bits) | parameterA << 86 (5 bits)
/// | parameterB << 91 (5 bits) | base weights of trainers 0 to 14 from bit 96, 10 bits each`; with 32 slots a second
/// word carries the base weights of trainers 15 to 28.
/// @dev Twins: `public-signals.ts` in services/protocol; `FoldedSignals`, `OutcomeWords` and `RoundTerms` among the circuits.
library PublicSignals {
    uint256 internal constant FIRST_TRAINER_SLOT = 3;
    uint256 internal constant TRAINERS_PER_OUTCOME_WORD = 8;
    uint256 internal constant OUTCOME_BITS = 31;
    uint256 internal constant TRAINERS_IN_FIRST_TERMS_WORD = 15;
    uint256 internal constant FIRST_WEIGHT_SHIFT = 96;
    /// @dev The verdict of a trainer that takes part; 0 is that of an inactive slot.
    uint256 internal constant ACCEPTED = 1;
    /// @dev The verdict of an update whose norm is above the bound in the terms: the only fault that costs a stake.
    uint256 internal constant ABOVE_NORM_BOUND = 2;
    /// @dev How many public signals each circuit has.
    uint256 internal constant COUNT = 3;

    /// @notice Thrown when a term does not fit its field.
    error PublicSignalsTermTooLarge(uint256 value, uint256 limit);

    /// @notice Whether circuits with this number of slots exist at all.
    function isSlotCount(uint256 slots) internal pure returns (bool) {
        return slots == 8 || slots == 16 || slots == 32;
    }

    /// @notice How many trainers a round of so many slots has room for.
    function trainerCount(uint256 slots) internal pure returns (uint256) {
        return slots - FIRST_TRAINER_SLOT;
    }

    /// @notice How many words the outcome takes.
    function outcomeLength(uint256 slots) internal pure returns (uint256) {
        return (trainerCount(slots) + TRAINERS_PER_OUTCOME_WORD - 1) / TRAINERS_PER_OUTCOME_WORD;
    }

    /// @notice How many words the terms take.
    function termsLength(uint256 slots) internal pure returns (uint256) {
        return trainerCount(slots) > TRAINERS_IN_FIRST_TERMS_WORD ? 2 : 1;
    }

    /// @notice The mask of active slots in the terms.
    function activeMask(uint256 firstTermsWord) internal pure returns (uint256) {
        return uint32(firstTermsWord);
    }

    /// @notice Unpacks the trainer in the lowest bits of an outcome word; shift by `OUTCOME_BITS` for the next.
    function trainerOutcome(uint256 bits) internal pure returns (uint256 share, uint256 weight, uint256 verdict) {
        return (bits & 0xffff, (bits >> 16) & 0x7ff, verdictOf(bits));
    }

    /// @notice The verdict of the trainer in the lowest bits of an outcome word.
    function verdictOf(uint256 bits) internal pure returns (uint256) {
        return (bits >> 27) & 0xf;
    }

    /// @notice Unpacks what an outcome says of each trainer.
    /// @param count How many trainers submitted.
    /// @param active Those who take part, the first in the lowest bit. Of the others an outcome says nothing.
    /// @return outcomes One element a trainer, of which `trainerOutcome` tells the parts; 0 for whoever takes no part.
    /// @return accepted How many have an accepting verdict.
    function unpack(
        uint256[] calldata outcomeWords,
        uint256 count,
        uint256 active
    ) internal pure returns (uint256[] memory outcomes, uint256 accepted) {
        outcomes = new uint256[](count);
        uint256 last = 0x20 * count;
        uint256 position = 0x20;
        // At most 29 trainers.
        for (uint256 index = 0; position <= last; ++index) {
            uint256 bits = outcomeWords[index];
            // Memory bounds: writes elements of `outcomes`, eight for each word and never behind the last.
            assembly ("memory-safe") {
                let end := add(position, 0x100)
                if gt(end, last) {
                    end := add(last, 0x20)
                }
                for {} lt(position, end) {
                    position := add(position, 0x20)
                } {
                    // `bits & 2^31 - 1` if active, else 0.
                    let outcome := mul(and(active, 1), and(bits, 0x7fffffff))
                    accepted := add(accepted, eq(shr(27, outcome), ACCEPTED))
                    mstore(add(outcomes, position), outcome)
                    bits := shr(OUTCOME_BITS, bits)
                    active := shr(1, active)
                }
            }
        }
    }

    /// @notice Packs a round's terms.
    /// @param slots 8, 16 or 32.
    /// @param mask Bit `s` is set when slot `s` takes part.
    /// @param normBoundSquared Largest squared norm of an update that is not slashed, below 2^54.
    /// @param parameterA Multi-Krum's f, or 0; below 32.
    /// @param parameterB Multi-Krum's m, or 0; below 32.
    /// @param firstWeights Base weights of trainers 0 to 14 where they belong in the first word, from `FIRST_WEIGHT_SHIFT` on; 0 for
    /// whoever takes no part.
    /// @param secondWeights Those of trainers 15 to 28, from bit 0 on.
    function packTerms(
        uint256 slots,
        uint256 mask,
        uint256 normBoundSquared,
        uint256 parameterA,
        uint256 parameterB,
        uint256 firstWeights,
        uint256 secondWeights
    ) internal pure returns (uint256[] memory words) {
        _requireBelow(mask, 1 << slots);
        _requireBelow(normBoundSquared, 1 << 54);
        _requireBelow(parameterA, 1 << 5);
        _requireBelow(parameterB, 1 << 5);
        words = new uint256[](termsLength(slots));
        words[0] = mask | (normBoundSquared << 32) | (parameterA << 86) | (parameterB << 91) | firstWeights;
        if (words.length == 2) words[1] = secondWeights;
    }

    /// @notice The public signal that carries all words and mu.
    function fold(
        uint256[] calldata outcomeWords,
        uint256[] calldata termsWords,
        uint256 mu,
        uint256 alpha
    ) internal pure returns (uint256 folded) {
        folded = mu;
        for (uint256 i = termsWords.length; i > 0; --i) {
            folded = _step(folded, alpha, termsWords[i - 1]);
        }
        for (uint256 i = outcomeWords.length; i > 0; --i) {
            folded = _step(folded, alpha, outcomeWords[i - 1]);
        }
    }

    function _step(uint256 folded, uint256 alpha, uint256 word) private pure returns (uint256) {
        return addmod(mulmod(folded, alpha, Bn254.SCALAR_FIELD), word, Bn254.SCALAR_FIELD);
    }

    function _requireBelow(uint256 value, uint256 limit) private pure {
        if (value >= limit) revert PublicSignalsTermTooLarge(value, limit);
    }
}
