// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IParticipantRegistry} from "./interfaces/IParticipantRegistry.sol";
import {IRewardVault} from "./interfaces/IRewardVault.sol";
import {IRoundVerifier} from "./interfaces/IRoundVerifier.sol";
import {ITrainingMarket} from "./interfaces/ITrainingMarket.sol";
import {AggregatorTurns} from "./libraries/AggregatorTurns.sol";
import {Bn254} from "./libraries/Bn254.sol";
import {Cids} from "./libraries/Cids.sol";
import {MarketReader} from "./libraries/MarketReader.sol";
import {PackedPoints} from "./libraries/PackedPoints.sol";
import {ProjectClock} from "./libraries/ProjectClock.sol";
import {ProjectRules} from "./libraries/ProjectRules.sol";
import {PublicSignals} from "./libraries/PublicSignals.sol";
import {RosterMask} from "./libraries/RosterMask.sol";
import {RoundClosing} from "./libraries/RoundClosing.sol";
import {RoundOpening} from "./libraries/RoundOpening.sol";
import {RoundPhases} from "./libraries/RoundPhases.sol";
import {RoundSettlement} from "./libraries/RoundSettlement.sol";
import {RoundSubmissions} from "./libraries/RoundSubmissions.sol";
import {TrainerRoster} from "./libraries/TrainerRoster.sol";
import {TrainerWord} from "./libraries/TrainerWord.sol";
import {UpdateBatch} from "./libraries/UpdateBatch.sol";
import {G1} from "./types/G1.sol";
import {MarketParts} from "./types/MarketParts.sol";
import {EndReason, ProjectView, RoundView, TrainerStatus, TrainerView} from "./types/MarketViews.sol";
import {AggregatorAccount, Project, ProjectStage, Submissions, TrainerRecord} from "./types/Project.sol";
import {ProjectTerms} from "./types/ProjectTerms.sol";
import {RoundPhase} from "./types/RoundPhase.sol";
import {OpenRound, SettleRound} from "./types/RoundRequests.sol";

/// @title The market for training projects
/// @notice See `ITrainingMarket`.
/// @dev Past 300 lines because it is the only writer of a project's state: every transition can be read in one place. Rules and
/// formulas are in the libraries; what only reads is in `MarketReader`.
///
/// Money of a project, all in its pot of the vault:
/// `pot = rewardLeftWei + fees of attempts not settled + stakes + bonds + earnings of trainers and aggregators`.
contract TrainingMarket is ITrainingMarket, EIP712, ReentrancyGuardTransient {
    using ProjectClock for Project;
    using RosterMask for uint256;

    /// @dev Two keys of 32 bytes. Without a bound a contract could write a megabyte, for an aggregator to read at every look until its
    /// node refuses to hand that out.
    uint256 private constant _MOST_KEY_BYTES = 64;

    IRoundVerifier private immutable _VERIFIER;
    IParticipantRegistry private immutable _REGISTRY;
    IRewardVault private immutable _VAULT;

    uint256 private _projectCount;
    mapping(uint256 projectId => Project) private _projects;

    /// @param verifier_ Verifies rounds, for good.
    /// @param registry_ Deployed for this market's address.
    /// @param vault_ Deployed for this market's address.
    constructor(
        IRoundVerifier verifier_,
        IParticipantRegistry registry_,
        IRewardVault vault_
    ) EIP712("Commonweight", "1") {
        if (registry_.market() != address(this)) revert MarketNotAuthorized(address(this), registry_.market());
        if (vault_.market() != address(this)) revert MarketNotAuthorized(address(this), vault_.market());
        _VERIFIER = verifier_;
        _REGISTRY = registry_;
        _VAULT = vault_;
    }

    // --- Projects ---

    /// @inheritdoc ITrainingMarket
    function postProject(
        ProjectTerms calldata terms,
        G1 calldata modelCommitment,
        bytes calldata modelCid,
        bytes calldata manifestCid
    ) external nonReentrant returns (uint256 projectId) {
        ProjectRules.requireSound(terms);
        if (!_VERIFIER.isSupported(terms.ruleId, terms.slots)) revert MarketUnsupportedRule(terms.ruleId, terms.slots);
        Bn254.requirePoint(modelCommitment.x, modelCommitment.y);
        Cids.requireCid(modelCid);
        Cids.requireCid(manifestCid);

        projectId = ++_projectCount;
        Project storage project = _projects[projectId];
        project.terms = terms;
        project.owner = msg.sender;
        // Bounded by `ProjectRules`: 2^88 together.
        project.progress.rewardLeftWei = terms.budgetPerRoundWei * terms.rounds;
        project.progress.waitingSince = uint32(block.timestamp + terms.joinSeconds);
        project.aggregatorCount = ProjectClock.countAggregators(terms);
        project.modelCommitment = PackedPoints.pack(modelCommitment);
        emit ProjectPosted(projectId, msg.sender, terms.rewardToken, terms, keccak256(abi.encode(terms)), manifestCid);
        emit ModelPublished(projectId, 0, 0, modelCommitment, modelCid);

        _VAULT.deposit(projectId, terms.rewardToken, msg.sender, ProjectRules.requiredEscrow(terms));
    }

    /// @inheritdoc ITrainingMarket
    function addBudget(uint256 projectId, uint256 amountWei) external nonReentrant {
        Project storage project = _running(projectId);
        if (amountWei == 0 || amountWei > type(uint88).max) revert MarketWrongAmount(type(uint88).max, amountWei);
        project.progress.rewardLeftWei += uint96(amountWei);
        emit BudgetAdded(projectId, msg.sender, amountWei);
        _VAULT.deposit(projectId, project.terms.rewardToken, msg.sender, amountWei);
    }

    /// @inheritdoc ITrainingMarket
    function announceStop(uint256 projectId) external nonReentrant {
        Project storage project = _running(projectId);
        if (msg.sender != project.owner) revert MarketNotAuthorized(msg.sender, project.owner);
        if (project.isStopAnnounced) revert MarketStopAnnounced(projectId);
        project.isStopAnnounced = true;
        emit StopAnnounced(projectId, msg.sender);
        if (project.progress.stage == ProjectStage.Waiting)
            RoundClosing.end(project, _parts(), projectId, EndReason.StoppedByOwner);
    }

    /// @inheritdoc ITrainingMarket
    function poke(uint256 projectId) external nonReentrant {
        Project storage project = _existing(projectId);
        (RoundPhase phase, uint256 endsAt) = project.phase();
        if (phase == RoundPhase.Overdue) {
            RoundClosing.end(project, _parts(), projectId, EndReason.NobodyOpened);
        } else if (phase == RoundPhase.Expired) {
            RoundClosing.expire(project, _parts(), projectId);
        } else {
            revert MarketNothingToDo(projectId, phase, endsAt);
        }
    }

    // --- Participants ---

    /// @inheritdoc ITrainingMarket
    function joinProject(uint256 projectId, uint256 stakeAmountWei) external nonReentrant {
        TrainerRoster.join(_running(projectId), _parts(), projectId, stakeAmountWei);
    }

    /// @inheritdoc ITrainingMarket
    function leaveProject(uint256 projectId) external nonReentrant {
        TrainerRoster.leaveProject(_running(projectId), _parts(), projectId);
    }

    /// @inheritdoc ITrainingMarket
    function releaseTrainer(uint256 projectId, address trainer) external nonReentrant {
        TrainerRoster.release(_running(projectId), _parts(), projectId, trainer);
    }

    /// @inheritdoc ITrainingMarket
    function bondAggregator(uint256 projectId) external nonReentrant {
        Project storage project = _running(projectId);
        AggregatorAccount storage account = project.aggregators[AggregatorTurns.indexOf(project.terms, msg.sender)];
        uint96 bondWei = project.terms.aggregatorBondWei;
        uint96 missingWei = bondWei - account.bondWei;
        if (missingWei == 0) revert MarketWrongAmount(bondWei, account.bondWei);
        account.bondWei = bondWei;
        emit AggregatorBonded(projectId, msg.sender, bondWei);
        _VAULT.deposit(projectId, project.terms.rewardToken, msg.sender, missingWei);
    }

    // --- Rounds ---

    /// @inheritdoc ITrainingMarket
    function openRound(OpenRound calldata request) external nonReentrant {
        RoundOpening.open(_existing(request.projectId), request, _domainSeparatorV4());
    }

    /// @inheritdoc ITrainingMarket
    function submitUpdate(
        uint256 projectId,
        uint256 roundIndex,
        bytes32 commitmentHash,
        bytes calldata bundleCid
    ) external {
        Project storage project = _projects[projectId];
        Submissions memory submissions = _openFor(project, projectId, roundIndex);
        bytes memory submitted = UpdateBatch.reserve(UpdateBatch.MOST_BYTES);
        _submit(project, submissions, submitted, msg.sender, commitmentHash, bundleCid);
        _storeSubmissions(project, submissions, projectId, submitted, 1);
    }

    /// @inheritdoc ITrainingMarket
    function submitUpdates(uint256 projectId, uint256 roundIndex, bytes calldata batch) external {
        if (batch.length == 0) revert MarketEmptyBatch();
        Project storage project = _projects[projectId];
        Submissions memory submissions = _openFor(project, projectId, roundIndex);
        bytes memory signing = UpdateBatch.signingOf(_domainSeparatorV4(), projectId, roundIndex);
        bytes memory submitted = UpdateBatch.reserve(batch.length);
        uint256 count = 0;
        while (batch.length != 0) {
            bytes32 commitmentHash;
            bytes32 r;
            bytes32 vs;
            bytes calldata bundleCid;
            (commitmentHash, r, vs, bundleCid, batch) = UpdateBatch.takeFirst(batch);
            address trainer = UpdateBatch.signerOf(signing, commitmentHash, r, vs, bundleCid);
            _submit(project, submissions, submitted, trainer, commitmentHash, bundleCid);
            // As many as places at most.
            unchecked {
                ++count;
            }
        }
        _storeSubmissions(project, submissions, projectId, submitted, count);
    }

    /// @inheritdoc ITrainingMarket
    function revealKey(uint256 projectId, uint256 roundIndex, bool isReference, bytes calldata sealedKeys) external {
        if (sealedKeys.length > _MOST_KEY_BYTES) revert MarketKeysTooLong(_MOST_KEY_BYTES, sealedKeys.length);
        Project storage project = _existing(projectId);
        RoundPhases.Clock memory clock = AggregatorTurns.requireAfterCommit(project, projectId, roundIndex);
        if (project.reveals.roundIndex != roundIndex) {
            project.reveals.roundIndex = uint16(roundIndex);
            project.reveals.isReferenceRevealed = false;
            project.reveals.revealedMask = 0;
        }
        if (isReference) {
            if (msg.sender != project.terms.referee) revert MarketNotAuthorized(msg.sender, project.terms.referee);
            if (project.reveals.isReferenceRevealed) revert MarketAlreadyRevealed(msg.sender);
            project.reveals.isReferenceRevealed = true;
        } else {
            // Later it would make untrue what a proof under way rests on, that the key never came: of several trainers who release one
            // after the other, each just before the settlement is mined, every one would cost another proof, and in the end the bond.
            if (block.timestamp >= clock.commitClosesAt + clock.revealSeconds) {
                revert MarketWrongPhase(projectId, RoundPhase.Reveal, RoundPhase.Settle);
            }
            uint256 place = _placeOfSubmitter(project, msg.sender, roundIndex);
            if (uint256(project.reveals.revealedMask).has(place)) revert MarketAlreadyRevealed(msg.sender);
            project.reveals.revealedMask |= uint40(1 << place);
        }
        emit KeyRevealed(projectId, roundIndex, msg.sender, isReference, sealedKeys);
    }

    /// @inheritdoc ITrainingMarket
    function settleRound(SettleRound calldata request) external nonReentrant {
        Project storage project = _existing(request.projectId);
        address library_ = address(RoundSettlement);
        bytes4 selector = RoundSettlement.settle.selector;
        (address verifier_, address registry_, address vault_) = (
            address(_VERIFIER),
            address(_REGISTRY),
            address(_VAULT)
        );
        // `RoundSettlement.settle(project, _parts(), request)`, with the request passed on as it came: encoded anew, its lists
        // would take 9,000 gas. Offsets within the request are relative to its own beginning, so they stay true, and the library's
        // decoder checks that nothing ends behind its own call's data, whose end is the end of ours.
        // Memory bounds: written behind the free memory and not kept.
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, selector)
            mstore(add(data, 0x04), project.slot)
            mstore(add(data, 0x24), verifier_)
            mstore(add(data, 0x44), registry_)
            mstore(add(data, 0x64), vault_)
            mstore(add(data, 0x84), 0xa0)
            let length := sub(calldatasize(), request)
            calldatacopy(add(data, 0xa4), request, length)
            if iszero(delegatecall(gas(), library_, data, add(length, 0xa4), 0, 0)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
        }
    }

    /// @inheritdoc ITrainingMarket
    function abandonRound(uint256 projectId, uint256 roundIndex, uint8 reason) external nonReentrant {
        RoundClosing.abandon(_existing(projectId), _parts(), projectId, roundIndex, reason);
    }

    // --- Tokens ---

    /// @inheritdoc ITrainingMarket
    function permit(address token, uint256 amountWei, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Whoever sees the permit in the pool can use it first; the allowance is then there, and a missing one fails later.
        try IERC20Permit(token).permit(msg.sender, address(_VAULT), amountWei, deadline, v, r, s) {} catch {}
    }

    /// @inheritdoc ITrainingMarket
    function multicall(bytes[] calldata calls) external returns (bytes[] memory results) {
        results = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            results[i] = Address.functionDelegateCall(address(this), calls[i]);
        }
    }

    // --- Views ---

    /// @inheritdoc ITrainingMarket
    function projectCount() external view returns (uint256) {
        return _projectCount;
    }

    /// @inheritdoc ITrainingMarket
    function requiredEscrow(ProjectTerms calldata terms) external pure returns (uint256 escrowWei) {
        return ProjectRules.requiredEscrow(terms);
    }

    /// @inheritdoc ITrainingMarket
    function getProject(uint256 projectId) external view returns (ProjectView memory) {
        return MarketReader.readProject(_existing(projectId), projectId, _VAULT);
    }

    /// @inheritdoc ITrainingMarket
    function getProjects(uint256 firstId, uint256 limit) external view returns (ProjectView[] memory page) {
        uint256 length = firstId == 0 || firstId > _projectCount ? 0 : _projectCount - firstId + 1;
        page = new ProjectView[](length < limit ? length : limit);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = MarketReader.readProject(_projects[firstId + i], firstId + i, _VAULT);
        }
    }

    /// @inheritdoc ITrainingMarket
    function getRound(uint256 projectId) external view returns (RoundView memory) {
        return MarketReader.readRound(_existing(projectId));
    }

    /// @inheritdoc ITrainingMarket
    function getTrainers(
        uint256 projectId,
        uint256 offset,
        uint256 limit
    ) external view returns (TrainerView[] memory) {
        return MarketReader.readTrainers(_existing(projectId), offset, limit);
    }

    /// @inheritdoc ITrainingMarket
    function getTrainer(uint256 projectId, address trainer) external view returns (TrainerView memory) {
        return MarketReader.readTrainer(_existing(projectId), trainer);
    }

    /// @inheritdoc ITrainingMarket
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @inheritdoc ITrainingMarket
    function registry() external view returns (IParticipantRegistry) {
        return _REGISTRY;
    }

    /// @inheritdoc ITrainingMarket
    function vault() external view returns (IRewardVault) {
        return _VAULT;
    }

    /// @inheritdoc ITrainingMarket
    function verifier() external view returns (IRoundVerifier) {
        return _VERIFIER;
    }

    // --- Who may do what, and when ---

    function _parts() private view returns (MarketParts memory) {
        return MarketParts({verifier: _VERIFIER, registry: _REGISTRY, vault: _VAULT});
    }

    function _existing(uint256 projectId) private view returns (Project storage project) {
        project = _projects[projectId];
        if (project.owner == address(0)) revert MarketUnknownProject(projectId);
    }

    function _running(uint256 projectId) private view returns (Project storage project) {
        project = _existing(projectId);
        if (project.progress.stage == ProjectStage.Over) {
            revert MarketWrongPhase(projectId, RoundPhase.Idle, RoundPhase.Ended);
        }
    }

    function _placeOfSubmitter(
        Project storage project,
        address trainer,
        uint256 roundIndex
    ) private view returns (uint256 place) {
        TrainerRecord memory record = project.trainers[trainer];
        place = record.rosterIndex;
        uint256 submitted = project.progress.eligibleMask & ~project.submissions.pendingMask;
        bool isTrainer = record.status != TrainerStatus.None && record.status != TrainerStatus.Left;
        if (!isTrainer || !submitted.has(place)) revert MarketNotEligible(trainer, roundIndex);
    }

    // --- Opening and submitting ---

    function _openFor(
        Project storage project,
        uint256 projectId,
        uint256 roundIndex
    ) private view returns (Submissions memory submissions) {
        submissions = project.submissions;
        if (submissions.roundIndex != roundIndex) {
            revert MarketWrongRound(projectId, submissions.roundIndex, roundIndex);
        }
        // Rounds end only after their commit phase, so a round in its commit phase is open.
        if (block.timestamp >= submissions.commitClosesAt) {
            revert MarketCommitClosed(roundIndex, submissions.commitClosesAt);
        }
    }

    /// @dev Adds one submission to `submissions` and to what will be told of them, both in memory.
    function _submit(
        Project storage project,
        Submissions memory submissions,
        bytes memory submitted,
        address trainer,
        bytes32 commitmentHash,
        bytes calldata bundleCid
    ) private view {
        Cids.requireCid(bundleCid);
        uint256 record = TrainerWord.load(project.trainers[trainer]);
        uint40 bit = uint40(1 << TrainerWord.rosterIndex(record));
        // A trainer that has left keeps its record, while somebody else may have its place.
        if (!TrainerWord.takesPart(record) || submissions.pendingMask & bit == 0) {
            revert MarketNotEligible(trainer, submissions.roundIndex);
        }
        submissions.submissionsHash = RoundSubmissions.next(submissions.submissionsHash, trainer, commitmentHash);
        submissions.pendingMask ^= bit;
        UpdateBatch.append(submitted, trainer, commitmentHash, bundleCid);
    }

    /// @dev Tells of the submissions that were added, and stores them.
    function _storeSubmissions(
        Project storage project,
        Submissions memory submissions,
        uint256 projectId,
        bytes memory submitted,
        uint256 count
    ) private {
        uint256 roundIndex = submissions.roundIndex;
        uint256 firstSlot = PublicSignals.FIRST_TRAINER_SLOT + submissions.submittedCount;
        submissions.submittedCount += uint8(count);
        emit UpdatesSubmitted(projectId, roundIndex, firstSlot, submitted);
        if (submissions.pendingMask == 0) {
            submissions.commitClosesAt = uint32(block.timestamp);
            emit CommitPhaseClosed(projectId, roundIndex, block.timestamp);
        }
        project.submissions = submissions;
    }
}
