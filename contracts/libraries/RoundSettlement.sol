// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {G1} from "../types/G1.sol";
import {MarketParts} from "../types/MarketParts.sol";
import {TrainerStatus, VoidReason} from "../types/MarketViews.sol";
import {AggregatorAccount, Project, TrainerRecord} from "../types/Project.sol";
import {ProjectTerms} from "../types/ProjectTerms.sol";
import {RoundOutcome} from "../types/RoundOutcome.sol";
import {SettleRound} from "../types/RoundRequests.sol";
import {RoundStatement} from "../types/RoundStatement.sol";
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
import {RoundPhases} from "./RoundPhases.sol";
import {RoundSubmissions} from "./RoundSubmissions.sol";
import {SinglePayment} from "./SinglePayment.sol";

/// @title How a round settles
/// @notice Checks that the settlement is about what was submitted, has the proof verified, and pays by its outcome and nothing else.
/// @dev Deployed on its own and linked, to keep the market's code within the size limit.
library RoundSettlement {
    using ProjectClock for Project;
    using RosterMask for uint256;

    uint8 private constant _ABOVE_NORM_BOUND = 2;
    /// @dev Where slashed stakes go: a well-known address without a key, since many tokens refuse address zero.
    address private constant _BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

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
        RoundOutcome memory outcome = parts.verifier.verifyRound(_statement(project, request), request.proof);

        uint256 budgetWei = project.roundBudget();
        uint256 eachWei = MissedTurns.toSettler(request.projectId, project, budgetWei, turn, index, readable);
        project.aggregators[index].earnedWei += project.terms.settleFeeWei;
        _applyOutcome(parts, project, request, outcome, budgetWei, eachWei);
        AggregatorTurns.putInCharge(request.projectId, project, index);
        RoundClosing.close(project, parts, request.projectId);
    }

    function _statement(
        Project storage project,
        SettleRound calldata request
    ) private view returns (RoundStatement memory statement) {
        ProjectTerms storage terms = project.terms;
        uint256 slots = terms.slots;
        statement.market = address(this);
        statement.projectId = request.projectId;
        statement.roundIndex = request.roundIndex;
        statement.ruleId = terms.ruleId;
        statement.slots = uint8(slots);
        statement.parameterCount = terms.parameterCount;
        statement.modelCommitment = project.modelCommitment;
        statement.commitments = new G1[](slots);
        statement.commitments[0] = request.referenceCommitment;
        uint256 mask = 1;
        if (terms.usesPayGradient) {
            statement.commitments[1] = request.payGradientCommitment;
            mask |= 2;
        }
        G1 memory last = project.aggregateCommitment;
        if (last.x | last.y != 0) {
            statement.commitments[2] = last;
            mask |= 4;
        }
        uint16[] memory baseWeights = new uint16[](PublicSignals.trainerCount(slots));
        for (uint256 i = 0; i < request.trainers.length; ++i) {
            uint256 slot = PublicSignals.FIRST_TRAINER_SLOT + i;
            if (uint256(request.excludedMask).has(slot)) continue;
            statement.commitments[slot] = request.commitments[i];
            mask |= 1 << slot;
            baseWeights[i] = project.trainers[request.trainers[i]].baseWeight;
        }
        statement.termsWords = PublicSignals.packTerms(
            slots,
            mask,
            terms.normBoundSquared,
            terms.ruleParameterA,
            terms.ruleParameterB,
            baseWeights
        );
    }

    /// @dev Credits trainers and moves the model. In a void round nothing moves but a forfeited bond.
    function _applyOutcome(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        RoundOutcome memory outcome,
        uint256 budgetWei,
        uint256 forfeitEachWei
    ) private {
        uint256[] memory earningsWei = new uint256[](request.trainers.length);
        uint256 paidWei;
        if (!outcome.isVoid) {
            uint256[] memory paysWei = Payouts.split(
                budgetWei,
                project.terms.flatBps,
                project.terms.capBps,
                outcome.shares,
                outcome.verdicts
            );
            for (uint256 i = 0; i < earningsWei.length; ++i) {
                earningsWei[i] = paysWei[i];
                paidWei += paysWei[i];
            }
            // Shares sum to at most the whole, so this cannot underflow; `Payouts` says why.
            project.rewardLeftWei -= uint96(paidWei);
            _moveModel(project, request, outcome);
        }
        for (uint256 i = 0; i < earningsWei.length; ++i) {
            uint8 verdict = outcome.verdicts[i];
            if (verdict == 0) continue;
            earningsWei[i] += forfeitEachWei;
            _record(parts, project, request, request.trainers[i], outcome.isVoid ? 0 : verdict, earningsWei[i]);
        }
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

    function _moveModel(Project storage project, SettleRound calldata request, RoundOutcome memory outcome) private {
        Cids.requireCid(request.newModelCid);
        project.modelCommitment = outcome.newModelCommitment;
        project.aggregateCommitment = outcome.aggregateCommitment;
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
        uint256 earnedWei
    ) private {
        TrainerRecord memory record = project.trainers[trainer];
        record.earnedWei += uint96(earnedWei);
        if (Reliability.isOutcome(verdict)) {
            uint256 score = Reliability.afterTime(record.reliability, block.timestamp - record.reliabilityUpdatedAt);
            record.reliability = uint16(Reliability.afterVerdict(score, verdict));
            record.reliabilityUpdatedAt = uint32(block.timestamp);
            // Saturates: without a strike policy a long project may reject somebody more often than the type counts, and must
            // not be stopped by that.
            if (!Reliability.isRejection(verdict)) {
                if (record.strikes != 0) --record.strikes;
            } else if (record.strikes != type(uint8).max) {
                ++record.strikes;
            }
        }
        uint256 most = project.terms.maxStrikes;
        if (verdict == _ABOVE_NORM_BOUND) {
            _slash(parts, project, request, record, trainer);
        } else if (most != 0 && record.strikes >= most && record.status == TrainerStatus.Active) {
            record.status = TrainerStatus.Expelled;
            project.progress.rosterMask &= ~uint40(1 << record.rosterIndex);
            emit ITrainingMarket.TrainerExpelled(request.projectId, trainer, record.strikes);
        }
        project.trainers[trainer] = record;
    }

    /// @dev The only way to lose a stake: the proof says that the update is above the bound that the terms state.
    function _slash(
        MarketParts memory parts,
        Project storage project,
        SettleRound calldata request,
        TrainerRecord memory record,
        address trainer
    ) private {
        record.status = TrainerStatus.Slashed;
        project.progress.rosterMask &= ~uint40(1 << record.rosterIndex);
        uint256 burnedWei = project.stakesWei[trainer];
        delete project.stakesWei[trainer];
        emit ITrainingMarket.StakeSlashed(request.projectId, request.roundIndex, trainer, burnedWei);
        SinglePayment.pay(parts.vault, request.projectId, _BURN_ADDRESS, burnedWei);
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
