// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {G1} from "../types/G1.sol";
import {Submissions} from "../types/Project.sol";
import {SettleRound} from "../types/RoundRequests.sol";

/// @title The rolling hash of a round's submissions
/// @notice Submissions cost one storage word; the commitments themselves come as calldata at settlement and must hash to it.
/// @dev Nobody but its trainer knows a commitment before the commit phase is over: submitted is a hash of it and of the trainer's
/// address. Submitted in the clear it could be handed in again by somebody else, before it is on chain, and an aggregator that gets
/// the key later would open it for that one. Twin: services/protocol/market/submissions.ts.
library RoundSubmissions {
    /// @notice The hash that a round starts with, bound to its reference so that no settlement can swap it.
    function start(
        address market,
        uint256 projectId,
        uint256 roundIndex,
        G1 calldata referenceCommitment,
        G1 calldata payGradientCommitment
    ) internal view returns (bytes20) {
        return
            bytes20(
                keccak256(
                    abi.encode(market, block.chainid, projectId, roundIndex, referenceCommitment, payGradientCommitment)
                )
            );
    }

    /// @notice The hash after one more submission.
    /// @param commitmentHash `keccak256(abi.encodePacked(trainer, commitment.x, commitment.y))`.
    function next(bytes20 hash, address trainer, bytes32 commitmentHash) internal pure returns (bytes20) {
        // `keccak256(abi.encodePacked(hash, trainer, commitmentHash))`. Memory bounds: behind the free memory, and not kept.
        bytes32 result;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, hash)
            mstore(add(free, 0x14), shl(96, trainer))
            mstore(add(free, 0x28), commitmentHash)
            result := keccak256(free, 0x48)
        }
        return bytes20(result);
    }

    /// @notice Reverts unless a settlement is about exactly what was submitted, in that order.
    /// @dev A commitment that nobody has opened stands as `(commitmentHash, 0)`. It is not mistaken for a point, nor a point for it: no
    /// point of the curve has the second coordinate 0, and the verifier refuses whatever is no point in a slot that takes part.
    function requireSame(Submissions memory submissions, SettleRound calldata request) internal view {
        uint256 count = submissions.submittedCount;
        // Taken out of the request once: each time costs 130 gas.
        address[] calldata trainers = request.trainers;
        G1[] calldata commitments = request.commitments;
        if (trainers.length != count) revert ITrainingMarket.MarketWrongLength(count, trainers.length);
        if (commitments.length != count) revert ITrainingMarket.MarketWrongLength(count, commitments.length);
        bytes20 hash = start(
            address(this),
            request.projectId,
            request.roundIndex,
            request.referenceCommitment,
            request.payGradientCommitment
        );
        // `next` for every element, in one buffer behind the free memory: the hash at 0, the trainer at 20, the point at 40, each
        // written over the end of the one before; then the commitment's hash over the point. Both lists have `count` elements, as
        // checked above, and the decoder has checked that neither ends behind the call's data. It lets a list lie before its beginning,
        // because the compiler compares offsets with their sign; what is read there is zero, of which no submitted hash comes
        // (`SettleCall.t.sol`).
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            let trainer := trainers.offset
            let point := commitments.offset
            for {
                let end := add(trainer, shl(5, count))
            } lt(trainer, end) {
                trainer := add(trainer, 0x20)
                point := add(point, 0x40)
            } {
                mstore(preimage, hash)
                mstore(add(preimage, 0x14), shl(96, calldataload(trainer)))
                let commitmentHash := calldataload(point)
                if calldataload(add(point, 0x20)) {
                    calldatacopy(add(preimage, 0x28), point, 0x40)
                    commitmentHash := keccak256(add(preimage, 0x14), 0x54)
                }
                mstore(add(preimage, 0x28), commitmentHash)
                hash := keccak256(preimage, 0x48)
            }
            hash := and(hash, not(0xffffffffffffffffffffffff))
        }
        if (hash != submissions.submissionsHash) {
            revert ITrainingMarket.MarketSubmissionsMismatch(submissions.submissionsHash, hash);
        }
    }
}
