// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {G1} from "../types/G1.sol";
import {Submissions} from "../types/Project.sol";
import {SettleRound} from "../types/RoundRequests.sol";

/// @title The rolling hash of a round's submissions
/// @notice Submissions cost one storage word; the commitments themselves come back as calldata at settlement and must hash to it.
/// @dev Twin: services/adapters/chain, which rebuilds the lists from events.
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
    function next(bytes20 hash, address trainer, G1 calldata commitment) internal pure returns (bytes20) {
        return bytes20(keccak256(abi.encodePacked(hash, trainer, commitment.x, commitment.y)));
    }

    /// @notice Reverts unless a settlement is about exactly what was submitted, in that order.
    function requireSame(Submissions memory submissions, SettleRound calldata request) internal view {
        uint256 count = submissions.submittedCount;
        if (request.trainers.length != count) {
            revert ITrainingMarket.MarketWrongLength(count, request.trainers.length);
        }
        if (request.commitments.length != count) {
            revert ITrainingMarket.MarketWrongLength(count, request.commitments.length);
        }
        bytes20 hash = start(
            address(this),
            request.projectId,
            request.roundIndex,
            request.referenceCommitment,
            request.payGradientCommitment
        );
        for (uint256 i = 0; i < count; ++i) {
            hash = next(hash, request.trainers[i], request.commitments[i]);
        }
        if (hash != submissions.submissionsHash) {
            revert ITrainingMarket.MarketSubmissionsMismatch(submissions.submissionsHash, hash);
        }
    }
}
