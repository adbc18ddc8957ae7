// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {G1} from "../types/G1.sol";
import {MarketParts} from "../types/MarketParts.sol";
import {EndReason, TrainerStatus, VoidReason} from "../types/MarketViews.sol";
import {PackedPoint} from "../types/PackedPoint.sol";
import {Progress, Project, TrainerRecord} from "../types/Project.sol";
import {ProjectTerms} from "../types/ProjectTerms.sol";
import {SettleRound} from "../types/RoundRequests.sol";
import {AggregatorTurns} from "./AggregatorTurns.sol";
import {Cids} from "./Cids.sol";
import {Exclusions} from "./Exclusions.sol";
import {MissedTurns} from "./MissedTurns.sol";
import {PackedPoints} from "./PackedPoints.sol";
import {Payouts} from "./Payouts.sol";
import {ProjectClock} from "./ProjectClock.sol";
import {PublicSignals} from "./PublicSignals.sol";
import {RosterMask} from "./RosterMask.sol";
import {RoundClosing} from "./RoundClosing.sol";
import {RoundEnd} from "./RoundEnd.sol";
import {RoundPhases} from "./RoundPhases.sol";
import {RoundSubmissions} from "./RoundSubmissions.sol";
import {RoundTrainers} from "./RoundTrainers.sol";
import {SettleFees} from "./SettleFees.sol";
import {SinglePayment} from "./SinglePayment.sol";
import {VerifierCall} from "./VerifierCall.sol";

/// @title How a round settles
/// @notice Checks that the settlement is about what was submitted, has the proof verified, and pays by its outcome and nothing else.
/// @dev Deployed on its own and linked, to keep the market's code within the size limit.
library RoundSettlement {
    using PackedPoints for PackedPoint;
    using ProjectClock for Project;
    using RosterMask for uint256;

    /// @dev Where slashed stakes go: a well-known address without a key, since many tokens refuse address zero.
    address private constant _BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    /// @dev What a proven round decided, as far as the market has to do with it.
    /// @param isVoid Whether the rule found too few: nothing is applied and nothing is paid.
    /// @param newModelCommitment Commitment of the new model.
    /// @param trainers The round's trainers; see `RoundTrainers`.
    /// @param payment What it pays them.
    struct Outcome {
        bool isVoid;
        G1 newModelCommitment;
        uint256[] trainers;
        RoundTrainers.Payment payment;
    }

    /// @notice Settles the open round. See `ITrainingMarket.settleRound`.
    function settle(Project storage project, MarketParts memory parts, SettleRound calldata request) external {
        RoundPhases.Clock memory clock = AggregatorTurns.requireAfterCommit(
            project,
            request.projectId,
            request.roundIndex
        );
        (uint256 index, uint256 turn) = AggregatorTurns.requireSettler(project, clock);
        RoundSubmissions.requireSame(project.submissions, request);
        address[] calldata trainers = request.trainers;
        uint256 readable = Exclusions.check(
            project,
            request,
            trainers.length,
            block.timestamp >= clock.commitClosesAt + clock.revealSeconds
        );
        Outcome memory outcome = _requireProven(project, parts, request, trainers);

        uint256 budgetWei = project.roundBudget();
        outcome.payment.forfeitEachWei = MissedTurns.toSettler(
            request.projectId,
            project,
            budgetWei,
            turn,
            index,
            readable
        );
        budgetWei = Payouts.budgetForReadable(budgetWei, readable, trainers.length);
        uint256 paidWei = _applyOutcome(parts, project, request, trainers, outcome, budgetWei);
        uint256 voids = _advance(project, outcome.isVoid, paidWei, index);
        (bool isOver, EndReason reason) = RoundEnd.close(project);
        if (outcome.isVoid) _announceVoid(request, voids);
        else _pushEarnings(parts, project, request.projectId, trainers, index);
        AggregatorTurns.putInCharge(request.projectId, project, index);
        if (isOver) RoundClosing.end(project, parts, request.projectId, reason);
    }

    /// @dev Everything that the proof is about comes from the project's state or was hashed when it was submitted.
    function _requireProven(
        Project storage project,
        MarketParts memory parts,
        SettleRound calldata request,
        address[] calldata trainers
    ) private view returns (Outcome memory outcome) {
        ProjectTerms storage terms = project.terms;
        // `Exclusions` has checked that only who submitted is excluded; no more have submitted than there are slots for.
        uint256 active =
            ((1 << trainers.length) - 1) & ~(uint256(request.excludedMask) >> PublicSignals.FIRST_TRAINER_SLOT);
        uint256 mask = (active << PublicSignals.FIRST_TRAINER_SLOT) | (terms.usesPayGradient ? 3 : 1);
        if (!project.aggregateCommitment.isInfinity()) mask |= 4;
        uint256 firstWeights;
        uint256 secondWeights;
        (outcome.trainers, firstWeights, secondWeights) = RoundTrainers.load(project.trainers, trainers, active);
        uint256[] memory termsWords = PublicSignals.packTerms(
            terms.slots,
            mask,
            terms.normBoundSquared,
            terms.ruleParameterA,
            terms.ruleParameterB,
            firstWeights,
            secondWeights
        );
        (outcome.isVoid, outcome.newModelCommitment) = VerifierCall.requireProven(
            project,
            parts.verifier,
            request,
            mask,
            project.modelCommitment.unpack(request.modelY),
            project.aggregateCommitment.unpack(request.aggregateY),
            termsWords
        );
        outcome.payment.active = active;
    }

    /// @dev Credits trainers and moves the model. In a void round nothing moves but a forfeited bond.
    /// @return paidWei What the round's budget pays.
    function _applyOutcome(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        address[] calldata trainers,
        Outcome memory outcome,
        uint256 budgetWei
    ) private returns (uint256 paidWei) {
        uint256[] calldata outcomeWords = request.proof.outcomeWords;
        if (!outcome.isVoid) _moveModel(project, request, outcome.newModelCommitment);
        uint256[] memory outcomes = _outcomes(project.terms, outcomeWords, trainers.length, outcome, budgetWei);
        RoundTrainers.Booked memory booked = RoundTrainers.book(
            outcome.trainers,
            trainers,
            outcomes,
            outcome.payment,
            project.terms.maxStrikes
        );
        uint256 ending = booked.ending;
        for (uint256 i = 0; ending != 0; (++i, ending >>= 1)) {
            if (ending & 1 == 1) _endPart(parts, project, request, trainers[i], PublicSignals.verdictOf(outcomes[i]));
        }
        paidWei = booked.paidWei;
        _announce(request, budgetWei, paidWei, outcomeWords, booked.credits);
    }

    /// @dev What the proof says of each trainer, and what that pays. In a void round it says nothing, and pays nobody.
    function _outcomes(
        ProjectTerms storage terms,
        uint256[] calldata outcomeWords,
        uint256 count,
        Outcome memory outcome,
        uint256 budgetWei
    ) private view returns (uint256[] memory outcomes) {
        if (outcome.isVoid) return new uint256[](count);
        uint256 accepted;
        (outcomes, accepted) = PublicSignals.unpack(outcomeWords, count, outcome.payment.active);
        outcome.payment.rates = Payouts.rates(budgetWei, terms.flatBps, terms.capBps, accepted);
    }

    function _moveModel(Project storage project, SettleRound calldata request, G1 memory newModelCommitment) private {
        bytes calldata newModelCid = request.newModelCid;
        Cids.requireCid(newModelCid);
        project.modelCommitment = PackedPoints.pack(newModelCommitment);
        project.aggregateCommitment = PackedPoints.pack(request.proof.aggregateCommitment);
        emit ITrainingMarket.ModelPublished(
            request.projectId,
            project.progress.appliedRounds + 1,
            request.roundIndex,
            newModelCommitment,
            newModelCid
        );
    }

    /// @dev Everything that a settlement changes in the project's running word, one after the other, so that it is written once.
    /// @return voids Void rounds in a row, this one included.
    function _advance(
        Project storage project,
        bool isVoid,
        uint256 paidWei,
        uint256 settler
    ) private returns (uint8 voids) {
        Progress storage progress = project.progress;
        uint24 unpaidFees = SettleFees.add(project, progress.unpaidFees, settler);
        if (isVoid) {
            voids = progress.consecutiveVoids;
            // Bounded by the number of attempts, which may exceed the type; only parity and "many" matter.
            if (voids != type(uint8).max) ++voids;
        }
        // Shares sum to at most the whole, so this cannot underflow; `Payouts` says why.
        progress.rewardLeftWei -= uint96(paidWei);
        progress.appliedRounds += isVoid ? 0 : 1;
        progress.consecutiveVoids = voids;
        progress.consecutiveAbandons = 0;
        progress.unpaidFees = unpaidFees;
    }

    /// @dev `emit RoundSettled(...)`, with each list copied in one piece: the compiler takes 130 gas an element.
    function _announce(
        SettleRound calldata request,
        uint256 budgetWei,
        uint256 paidWei,
        uint256[] calldata outcomeWords,
        uint256[] memory credits
    ) private {
        bytes32 topic = ITrainingMarket.RoundSettled.selector;
        (uint256 projectId, uint256 roundIndex) = (request.projectId, request.roundIndex);
        // Memory bounds: written behind the free memory and not kept. The decoder has checked that `outcomeWords` does not end
        // behind the call's data, and the proof was about these words; `credits` is read as far as its own length says.
        assembly ("memory-safe") {
            let data := mload(0x40)
            let length := shl(5, outcomeWords.length)
            mstore(data, budgetWei)
            mstore(add(data, 0x20), paidWei)
            mstore(add(data, 0x40), 0x80)
            mstore(add(data, 0x60), add(0xa0, length))
            mstore(add(data, 0x80), outcomeWords.length)
            calldatacopy(add(data, 0xa0), outcomeWords.offset, length)
            let end := add(add(data, 0xa0), length)
            length := shl(5, add(mload(credits), 1))
            mcopy(end, credits, length)
            log4(data, sub(add(end, length), data), topic, projectId, roundIndex, caller())
        }
    }

    function _announceVoid(SettleRound calldata request, uint256 voids) private {
        emit ITrainingMarket.RoundVoided(request.projectId, request.roundIndex, VoidReason.RuleFoundTooFew, 0);
        if (voids % 2 == 0) emit ITrainingMarket.BetterReferenceNeeded(request.projectId, request.roundIndex, voids);
    }

    /// @dev Ends the part of a trainer whose update is above the norm bound, or who has as many strikes as the terms allow.
    function _endPart(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        address trainer,
        uint256 verdict
    ) private {
        TrainerRecord storage record = project.trainers[trainer];
        bool isAboveBound = verdict == PublicSignals.ABOVE_NORM_BOUND;
        // Whoever is leaving goes anyway, with its stake.
        if (!isAboveBound && record.status != TrainerStatus.Active) return;
        project.rosterMask &= ~uint40(1 << record.rosterIndex);
        if (isAboveBound) {
            record.status = TrainerStatus.Slashed;
            _slash(parts, project, request, trainer);
        } else {
            record.status = TrainerStatus.Expelled;
            emit ITrainingMarket.TrainerExpelled(request.projectId, trainer, record.strikes);
        }
    }

    /// @dev The only way to lose a stake: the proof says that the update is above the bound that the terms state.
    function _slash(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        address trainer
    ) private {
        uint256 burnedWei = project.stakesWei[trainer];
        delete project.stakesWei[trainer];
        emit ITrainingMarket.StakeSlashed(request.projectId, request.roundIndex, trainer, burnedWei);
        SinglePayment.pay(parts.vault, request.projectId, _BURN_ADDRESS, burnedWei);
    }

    /// @dev Every `payEvery` applied rounds the round's trainers and the settler get what they have earned.
    function _pushEarnings(
        MarketParts memory parts,
        Project storage project,
        uint256 projectId,
        address[] calldata trainers,
        uint256 settler
    ) private {
        if (project.progress.appliedRounds % project.terms.payEvery != 0) return;
        address[] memory payees = new address[](trainers.length + 1);
        uint256[] memory amountsWei = new uint256[](trainers.length + 1);
        for (uint256 i = 0; i < trainers.length; ++i) {
            TrainerRecord storage record = project.trainers[trainers[i]];
            if (record.earnedWei == 0) continue;
            payees[i] = parts.registry.payoutAddressOf(trainers[i]);
            amountsWei[i] = record.earnedWei;
            record.earnedWei = 0;
        }
        payees[trainers.length] = parts.registry.payoutAddressOf(msg.sender);
        amountsWei[trainers.length] = SettleFees.take(project, settler);
        parts.vault.pay(projectId, payees, amountsWei);
    }
}
