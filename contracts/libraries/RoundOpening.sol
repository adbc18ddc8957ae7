// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {PackedPoint} from "../types/PackedPoint.sol";
import {Progress, Project, ProjectStage, Submissions, TrainerRecord} from "../types/Project.sol";
import {RoundPhase} from "../types/RoundPhase.sol";
import {OpenRound} from "../types/RoundRequests.sol";
import {AggregatorTurns} from "./AggregatorTurns.sol";
import {Bn254} from "./Bn254.sol";
import {Cids} from "./Cids.sol";
import {MissedRounds} from "./MissedRounds.sol";
import {ProjectClock} from "./ProjectClock.sol";
import {Reliability} from "./Reliability.sol";
import {RosterMask} from "./RosterMask.sol";
import {RoundPhases} from "./RoundPhases.sol";
import {RoundSubmissions} from "./RoundSubmissions.sol";
import {Sampling} from "./Sampling.sol";

/// @title How a round opens
/// @dev Deployed on its own and linked, to keep the market's code within the size limit.
library RoundOpening {
    using ProjectClock for Project;
    using RosterMask for uint256;

    bytes32 private constant _REFERENCE_TYPEHASH = keccak256(
        "RoundReference(uint256 projectId,uint256 roundIndex,uint256 modelCommitment,uint256 referenceX,uint256 referenceY,uint256 payGradientX,uint256 payGradientY,bytes referenceCid,bytes payGradientCid,bytes jobCid)"
    );

    /// @notice Opens the next round. See `ITrainingMarket.openRound`.
    function open(Project storage project, OpenRound calldata request, bytes32 domainSeparator) external {
        RoundPhases.Clock memory clock = project.read();
        (RoundPhase phase, ) = RoundPhases.phaseAt(clock, block.timestamp);
        if (phase != RoundPhase.Idle)
            revert ITrainingMarket.MarketWrongPhase(request.projectId, RoundPhase.Idle, phase);
        Progress storage progress = project.progress;
        if (request.roundIndex != progress.nextRoundIndex) {
            revert ITrainingMarket.MarketWrongRound(request.projectId, progress.nextRoundIndex, request.roundIndex);
        }
        uint256 index = AggregatorTurns.requireOpener(project, clock);
        _requireReference(project, request, domainSeparator);

        uint256 joined = uint256(project.rosterMask).count();
        if (joined < project.terms.minTrainers)
            revert ITrainingMarket.MarketTooFewTrainers(project.terms.minTrainers, joined);
        uint40 eligibleMask = uint40(_sample(project, request, joined, MissedRounds.store(project, !clock.hasEnough)));
        progress.eligibleMask = eligibleMask;
        ++progress.nextRoundIndex;
        progress.stage = ProjectStage.InRound;
        AggregatorTurns.putInCharge(request.projectId, project, index);
        _openSubmissions(project, request, eligibleMask);
    }

    function _requireReference(
        Project storage project,
        OpenRound calldata request,
        bytes32 domainSeparator
    ) private view {
        Bn254.requirePoint(request.referenceCommitment.x, request.referenceCommitment.y);
        Cids.requireCid(request.referenceCid);
        if (project.terms.usesPayGradient) {
            Bn254.requirePoint(request.payGradientCommitment.x, request.payGradientCommitment.y);
            Cids.requireCid(request.payGradientCid);
        } else if (
            request.payGradientCommitment.x | request.payGradientCommitment.y | request.payGradientCid.length != 0
        ) {
            revert ITrainingMarket.MarketPayGradientMismatch(false);
        }
        if (request.jobCid.length > Cids.LONGEST) revert ITrainingMarket.MarketInvalidCid(request.jobCid.length);
        address referee = project.terms.referee;
        if (msg.sender == referee) return;
        bytes32 digest = MessageHashUtils.toTypedDataHash(
            domainSeparator,
            _hashReference(project.modelCommitment, request)
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(referee, digest, request.refereeSignature)) {
            revert ITrainingMarket.MarketInvalidRefereeSignature(referee);
        }
    }

    /// @dev The model is part of it: an aggregator could otherwise have a reference made on a model of its own, or on one that a
    /// reorganisation took back, and open the round with a reference that judges updates of another.
    function _hashReference(PackedPoint model, OpenRound calldata request) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    _REFERENCE_TYPEHASH,
                    request.projectId,
                    request.roundIndex,
                    model,
                    request.referenceCommitment,
                    request.payGradientCommitment,
                    keccak256(request.referenceCid),
                    keccak256(request.payGradientCid),
                    keccak256(request.jobCid)
                )
            );
    }

    function _sample(
        Project storage project,
        OpenRound calldata request,
        uint256 joined,
        uint256 idle
    ) private view returns (uint256 eligible) {
        uint256 candidates = project.rosterMask;
        uint256 places = project.terms.maxTrainers;
        if (joined <= places) return candidates;
        uint256[] memory reliabilities = new uint256[](RosterMask.CAPACITY);
        for (uint256 place = 0; place < RosterMask.CAPACITY; ++place) {
            // Who is idle has the least chance that there is, and keeps one: by a submission it is idle no more.
            if (!candidates.has(place) || idle.has(place)) continue;
            TrainerRecord storage record = project.trainers[project.roster[place]];
            reliabilities[place] = Reliability.afterTime(
                record.reliability,
                block.timestamp - record.reliabilityUpdatedAt
            );
        }
        return
            Sampling.draw(candidates, reliabilities, places, block.prevrandao, request.projectId, request.roundIndex);
    }

    function _openSubmissions(Project storage project, OpenRound calldata request, uint40 eligibleMask) private {
        uint256 closesAt = block.timestamp + project.terms.commitSeconds;
        project.submissions = Submissions({
            submissionsHash: RoundSubmissions.start(
                address(this),
                request.projectId,
                request.roundIndex,
                request.referenceCommitment,
                request.payGradientCommitment
            ),
            pendingMask: eligibleMask,
            submittedCount: 0,
            commitClosesAt: uint32(closesAt),
            roundIndex: uint16(request.roundIndex)
        });
        emit ITrainingMarket.RoundOpened(
            request.projectId,
            request.roundIndex,
            msg.sender,
            request.referenceCommitment,
            request.payGradientCommitment,
            request.referenceCid,
            request.payGradientCid,
            request.jobCid,
            block.prevrandao,
            eligibleMask,
            closesAt
        );
    }
}
