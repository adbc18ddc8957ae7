// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {G1} from "../types/G1.sol";
import {MarketParts} from "../types/MarketParts.sol";
import {EndReason, TrainerStatus, VoidReason} from "../types/MarketViews.sol";
import {AggregatorAccount, Project, TrainerRecord} from "../types/Project.sol";
import {ProjectTerms} from "../types/ProjectTerms.sol";
import {SettleRound} from "../types/RoundRequests.sol";
import {AggregatorTurns} from "./AggregatorTurns.sol";
import {Cids} from "./Cids.sol";
import {Exclusions} from "./Exclusions.sol";
import {MissedTurns} from "./MissedTurns.sol";
import {Payouts} from "./Payouts.sol";
import {ProjectClock} from "./ProjectClock.sol";
import {PublicSignals} from "./PublicSignals.sol";
import {Reliability} from "./Reliability.sol";
import {RosterMask} from "./RosterMask.sol";
import {RoundClosing} from "./RoundClosing.sol";
import {RoundEnd} from "./RoundEnd.sol";
import {RoundPhases} from "./RoundPhases.sol";
import {RoundSubmissions} from "./RoundSubmissions.sol";
import {SinglePayment} from "./SinglePayment.sol";
import {TrainerWord} from "./TrainerWord.sol";
import {VerifierCall} from "./VerifierCall.sol";

/// @title How a round settles
/// @notice Checks that the settlement is about what was submitted, has the proof verified, and pays by its outcome and nothing else.
/// @dev Deployed on its own and linked, to keep the market's code within the size limit.
library RoundSettlement {
    using ProjectClock for Project;
    using RosterMask for uint256;

    uint8 private constant _ABOVE_NORM_BOUND = 2;
    /// @dev Where slashed stakes go: a well-known address without a key, since many tokens refuse address zero.
    address private constant _BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    /// @dev What a proven round decided, as far as the market has to do with it.
    /// @param isVoid Whether the rule found too few: nothing is applied and nothing is paid.
    /// @param newModelCommitment Commitment of the new model.
    /// @param mask The slots that took part; the words of the proof's outcome say what became of each.
    /// @param forfeitEachWei What each trainer that took part gets out of forfeited bonds.
    struct Outcome {
        bool isVoid;
        G1 newModelCommitment;
        uint256 mask;
        uint256 forfeitEachWei;
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
        uint256 readable = Exclusions.check(
            project,
            request,
            block.timestamp >= clock.commitClosesAt + clock.revealSeconds
        );
        Outcome memory outcome = _requireProven(project, parts, request);

        uint256 budgetWei = project.roundBudget();
        outcome.forfeitEachWei = MissedTurns.toSettler(request.projectId, project, budgetWei, turn, index, readable);
        project.aggregators[index].earnedWei += project.terms.settleFeeWei;
        _applyOutcome(parts, project, request, outcome, budgetWei);
        AggregatorTurns.putInCharge(request.projectId, project, index);
        (bool isOver, EndReason reason) = RoundEnd.close(project);
        if (isOver) RoundClosing.end(project, parts, request.projectId, reason);
    }

    /// @dev Everything that the proof is about comes from the project's state or was hashed when it was submitted.
    function _requireProven(
        Project storage project,
        MarketParts memory parts,
        SettleRound calldata request
    ) private view returns (Outcome memory outcome) {
        ProjectTerms storage terms = project.terms;
        uint256 slots = terms.slots;
        address[] calldata trainers = request.trainers;
        uint256 mask = terms.usesPayGradient ? 3 : 1;
        G1 memory last = project.aggregateCommitment;
        if (last.x | last.y != 0) mask |= 4;
        uint256 excluded = request.excludedMask;
        uint16[] memory baseWeights = new uint16[](PublicSignals.trainerCount(slots));
        // No more have submitted than there are slots for, and slots are at most 32.
        unchecked {
            for (uint256 i = 0; i < trainers.length; ++i) {
                uint256 slot = PublicSignals.FIRST_TRAINER_SLOT + i;
                if (excluded.has(slot)) continue;
                mask |= 1 << slot;
                baseWeights[i] = uint16(TrainerWord.baseWeight(TrainerWord.load(project.trainers[trainers[i]])));
            }
        }
        uint256[] memory termsWords = PublicSignals.packTerms(
            slots,
            mask,
            terms.normBoundSquared,
            terms.ruleParameterA,
            terms.ruleParameterB,
            baseWeights
        );
        (outcome.isVoid, outcome.newModelCommitment) = VerifierCall.requireProven(
            project,
            parts.verifier,
            request,
            mask,
            last,
            termsWords
        );
        outcome.mask = mask;
    }

    /// @dev Credits trainers and moves the model. In a void round nothing moves but a forfeited bond.
    function _applyOutcome(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        Outcome memory outcome,
        uint256 budgetWei
    ) private {
        Payouts.Rates memory rates;
        if (!outcome.isVoid) {
            rates = Payouts.rates(
                budgetWei,
                project.terms.flatBps,
                project.terms.capBps,
                PublicSignals.countAccepted(request.proof.outcomeWords)
            );
            _moveModel(project, request, outcome);
        }
        (uint256[] memory earningsWei, uint256 paidWei) = _creditTrainers(parts, project, request, outcome, rates);
        // Shares sum to at most the whole, so this cannot underflow; `Payouts` says why.
        project.rewardLeftWei -= uint96(paidWei);
        emit ITrainingMarket.RoundSettled(
            request.projectId,
            request.roundIndex,
            msg.sender,
            budgetWei,
            paidWei,
            request.proof.outcomeWords,
            request.trainers,
            earningsWei
        );
        if (outcome.isVoid) _countVoid(project, request);
        else _pushEarnings(parts, request.projectId, project, request.trainers);
    }

    /// @dev One pass over the trainers: what the proof says of each, its pay, its record.
    /// @return earningsWei What each is credited, forfeited bonds included.
    /// @return paidWei What the round's budget pays of it.
    function _creditTrainers(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        Outcome memory outcome,
        Payouts.Rates memory rates
    ) private returns (uint256[] memory earningsWei, uint256 paidWei) {
        address[] calldata trainers = request.trainers;
        uint256[] calldata words = request.proof.outcomeWords;
        earningsWei = new uint256[](trainers.length);
        uint256 active = outcome.mask >> PublicSignals.FIRST_TRAINER_SLOT;
        uint256 maxStrikes = project.terms.maxStrikes;
        uint256 bits = 0;
        // At most 29 trainers; amounts are below 2^96, so sums come nowhere near 2^256.
        unchecked {
            for (uint256 i = 0; i < trainers.length; ++i) {
                bits =
                    i % PublicSignals.TRAINERS_PER_OUTCOME_WORD == 0
                        ? words[i / PublicSignals.TRAINERS_PER_OUTCOME_WORD]
                        : bits >> PublicSignals.OUTCOME_BITS;
                if ((active >> i) & 1 == 0) continue;
                uint256 verdict = PublicSignals.verdictOf(bits);
                uint256 earnedWei = 0;
                if (outcome.isVoid) {
                    verdict = 0;
                } else if (verdict == PublicSignals.ACCEPTED) {
                    earnedWei = Payouts.payOf(rates, uint16(bits));
                    paidWei += earnedWei;
                }
                earnedWei += outcome.forfeitEachWei;
                earningsWei[i] = earnedWei;
                _record(parts, project, request, trainers[i], uint8(verdict), earnedWei, maxStrikes);
            }
        }
    }

    function _moveModel(Project storage project, SettleRound calldata request, Outcome memory outcome) private {
        Cids.requireCid(request.newModelCid);
        project.modelCommitment = outcome.newModelCommitment;
        project.aggregateCommitment = request.proof.aggregateCommitment;
        uint256 version = ++project.progress.appliedRounds;
        project.progress.consecutiveVoids = 0;
        project.progress.consecutiveAbandons = 0;
        emit ITrainingMarket.ModelPublished(
            request.projectId,
            version,
            request.roundIndex,
            outcome.newModelCommitment,
            request.newModelCid
        );
    }

    function _countVoid(Project storage project, SettleRound calldata request) private {
        uint8 voids = project.progress.consecutiveVoids;
        // Bounded by the number of attempts, which may exceed the type; only parity and "many" matter.
        if (voids != type(uint8).max) ++voids;
        project.progress.consecutiveVoids = voids;
        project.progress.consecutiveAbandons = 0;
        emit ITrainingMarket.RoundVoided(request.projectId, request.roundIndex, VoidReason.RuleFoundTooFew, 0);
        if (voids % 2 == 0) emit ITrainingMarket.BetterReferenceNeeded(request.projectId, request.roundIndex, voids);
    }

    /// @dev One write per trainer: earnings, reliability and strikes together. A verdict of 0 changes earnings only.
    function _record(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        address trainer,
        uint8 verdict,
        uint256 earnedWei,
        uint256 maxStrikes
    ) private {
        TrainerRecord storage record = project.trainers[trainer];
        uint256 word = TrainerWord.earn(TrainerWord.load(record), earnedWei);
        if (Reliability.isOutcome(verdict)) word = TrainerWord.afterOutcome(word, verdict, block.timestamp);
        if (verdict == _ABOVE_NORM_BOUND) {
            word = _slash(parts, project, request, word, trainer);
        } else if (
            maxStrikes != 0 &&
            TrainerWord.strikes(word) >= maxStrikes &&
            TrainerWord.status(word) == TrainerStatus.Active
        ) {
            word = TrainerWord.withStatus(word, TrainerStatus.Expelled);
            project.progress.rosterMask &= ~uint40(1 << TrainerWord.rosterIndex(word));
            emit ITrainingMarket.TrainerExpelled(request.projectId, trainer, TrainerWord.strikes(word));
        }
        TrainerWord.store(record, word);
    }

    /// @dev The only way to lose a stake: the proof says that the update is above the bound that the terms state.
    function _slash(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        uint256 word,
        address trainer
    ) private returns (uint256) {
        project.progress.rosterMask &= ~uint40(1 << TrainerWord.rosterIndex(word));
        uint256 burnedWei = project.stakesWei[trainer];
        delete project.stakesWei[trainer];
        emit ITrainingMarket.StakeSlashed(request.projectId, request.roundIndex, trainer, burnedWei);
        SinglePayment.pay(parts.vault, request.projectId, _BURN_ADDRESS, burnedWei);
        return TrainerWord.withStatus(word, TrainerStatus.Slashed);
    }

    /// @dev Every `payEvery` applied rounds the round's trainers and the settler get what they have earned.
    function _pushEarnings(
        MarketParts memory parts,
        uint256 projectId,
        Project storage project,
        address[] calldata trainers
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
        AggregatorAccount storage account = project.aggregators[AggregatorTurns.indexOf(project.terms, msg.sender)];
        payees[trainers.length] = parts.registry.payoutAddressOf(msg.sender);
        amountsWei[trainers.length] = account.earnedWei;
        account.earnedWei = 0;
        parts.vault.pay(projectId, payees, amountsWei);
    }
}
