// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {PackedPoints} from "../../../contracts/libraries/PackedPoints.sol";
import {Payouts} from "../../../contracts/libraries/Payouts.sol";
import {PublicSignals} from "../../../contracts/libraries/PublicSignals.sol";
import {Reliability} from "../../../contracts/libraries/Reliability.sol";
import {RoundPhases} from "../../../contracts/libraries/RoundPhases.sol";
import {RoundSubmissions} from "../../../contracts/libraries/RoundSubmissions.sol";
import {Sampling} from "../../../contracts/libraries/Sampling.sol";
import {UpdateBatch} from "../../../contracts/libraries/UpdateBatch.sol";
import {G1} from "../../../contracts/types/G1.sol";
import {PackedPoint} from "../../../contracts/types/PackedPoint.sol";
import {RoundPhase} from "../../../contracts/types/RoundPhase.sol";

/// @title The rules that TypeScript has, too, to be asked one by one
contract Twins {
    function pay(
        uint256 budgetWei,
        uint256[2] calldata readableOfSubmitted,
        uint256[2] calldata flatAndCapBps,
        uint256[] calldata outcomeWords,
        uint256 active
    ) external pure returns (uint256 forReadableWei, uint256[] memory paysWei) {
        uint256 submitted = readableOfSubmitted[1];
        forReadableWei = Payouts.budgetForReadable(budgetWei, readableOfSubmitted[0], submitted);
        uint256 accepted;
        (paysWei, accepted) = PublicSignals.unpack(outcomeWords, submitted, active);
        Payouts.Rates memory rates = Payouts.rates(forReadableWei, flatAndCapBps[0], flatAndCapBps[1], accepted);
        for (uint256 i = 0; i < submitted; ++i) {
            paysWei[i] = Payouts.payOf(rates, paysWei[i]);
        }
    }

    function rate(
        uint256 before,
        uint256 elapsedSeconds,
        uint256 verdict
    ) external pure returns (uint256 decayed, uint256 afterwards, bool isOutcome) {
        decayed = Reliability.afterTime(before, elapsedSeconds);
        isOutcome = Reliability.isOutcome(verdict);
        afterwards = isOutcome ? Reliability.afterVerdict(decayed, verdict) : before;
    }

    function draw(
        uint256 candidates,
        uint256[] calldata reliabilities,
        uint256 draws,
        uint256 seed,
        uint256 projectId,
        uint256 roundIndex
    ) external pure returns (uint256) {
        return Sampling.draw(candidates, reliabilities, draws, seed, projectId, roundIndex);
    }

    function tellPhase(
        RoundPhases.Clock calldata clock,
        uint256 nowSeconds
    ) external pure returns (RoundPhase now_, uint256 endsAt, uint256 openTurn, uint256 settleTurn) {
        (now_, endsAt) = RoundPhases.phaseAt(clock, nowSeconds);
        openTurn = RoundPhases.openTurn(clock, nowSeconds);
        settleTurn = RoundPhases.settleTurn(clock, nowSeconds);
    }

    /// @return The signers of a batch with what they submitted, as the market tells of it.
    function relay(
        bytes calldata batch,
        bytes32 separator,
        uint256 projectId,
        uint256 roundIndex
    ) external pure returns (bytes memory) {
        bytes memory told = UpdateBatch.reserve(batch.length);
        bytes memory signing = UpdateBatch.signingOf(separator, projectId, roundIndex);
        while (batch.length != 0) {
            bytes32 commitmentHash;
            bytes32 r;
            bytes32 vs;
            bytes calldata bundleCid;
            (commitmentHash, r, vs, bundleCid, batch) = UpdateBatch.takeFirst(batch);
            address trainer = UpdateBatch.signerOf(signing, commitmentHash, r, vs, bundleCid);
            UpdateBatch.append(told, trainer, commitmentHash, bundleCid);
        }
        return told;
    }

    function hashSubmissions(
        uint256 projectId,
        uint256 roundIndex,
        G1 calldata referenceCommitment,
        G1 calldata payGradientCommitment,
        address[] calldata trainers,
        bytes32[] calldata commitmentHashes
    ) external view returns (bytes20 hash) {
        hash = RoundSubmissions.start(address(this), projectId, roundIndex, referenceCommitment, payGradientCommitment);
        for (uint256 i = 0; i < trainers.length; ++i) {
            hash = RoundSubmissions.next(hash, trainers[i], commitmentHashes[i]);
        }
    }

    function fold(
        uint256[] calldata outcomeWords,
        uint256[] calldata termsWords,
        uint256 mu,
        uint256 alpha
    ) external pure returns (uint256) {
        return PublicSignals.fold(outcomeWords, termsWords, mu, alpha);
    }

    function packTerms(
        uint256 slots,
        uint256 mask,
        uint256 normBoundSquared,
        uint256[2] calldata parameters,
        uint256[2] calldata weights
    ) external pure returns (uint256[] memory) {
        return
            PublicSignals.packTerms(
                slots,
                mask,
                normBoundSquared,
                parameters[0],
                parameters[1],
                weights[0],
                weights[1]
            );
    }

    function packPoint(G1 calldata point) external view returns (G1 memory whole, G1 memory withY) {
        PackedPoint packed = PackedPoints.pack(point);
        return (PackedPoints.unpack(packed), PackedPoints.unpack(packed, point.y));
    }
}
