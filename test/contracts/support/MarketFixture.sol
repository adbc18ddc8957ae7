// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {IRewardVault} from "../../../contracts/interfaces/IRewardVault.sol";
import {IRoundVerifier} from "../../../contracts/interfaces/IRoundVerifier.sol";
import {PackedPoints} from "../../../contracts/libraries/PackedPoints.sol";
import {PublicSignals} from "../../../contracts/libraries/PublicSignals.sol";
import {ParticipantRegistry} from "../../../contracts/ParticipantRegistry.sol";
import {RewardVault} from "../../../contracts/RewardVault.sol";
import {TrainingMarket} from "../../../contracts/TrainingMarket.sol";
import {G1} from "../../../contracts/types/G1.sol";
import {ProjectView, RoundView} from "../../../contracts/types/MarketViews.sol";
import {BaseWeightKind, ModelVisibility, ProjectTerms} from "../../../contracts/types/ProjectTerms.sol";
import {OpenRound, SettleRound} from "../../../contracts/types/RoundRequests.sol";
import {ScriptedVerifier} from "../mocks/ScriptedVerifier.sol";
import {TestToken} from "../mocks/TestToken.sol";
import {Test} from "./Test.sol";

/// @title A market with a project, trainers and aggregators, for tests
abstract contract MarketFixture is Test {
    uint8 internal constant ACCEPTED = 1;
    uint8 internal constant ABOVE_NORM_BOUND = 2;
    uint8 internal constant AGAINST_REFERENCE = 6;
    /// @dev Reasons of exclusions that the chain cannot check: names in `services/protocol/round/settlement.ts`, the others in `Exclusions`.
    uint8 internal constant BUNDLE_MALFORMED = 3;
    uint8 internal constant COMMITMENT_MISMATCH = 4;
    address internal constant BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;
    bytes internal constant CID = hex"015512200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    uint256 internal constant START = 1_700_000_000;

    TrainingMarket internal market;
    RewardVault internal vault;
    ParticipantRegistry internal registry;
    ScriptedVerifier internal verifier;
    TestToken internal token;

    address internal owner = makeAddr("owner");
    address internal referee;
    uint256 internal refereeKey;
    address internal primary = makeAddr("primary");
    address internal standby = makeAddr("standby");
    address internal third = makeAddr("third");

    /// @dev Who submitted in the open round, and what.
    address[] internal submitters;
    G1[] internal submitted;

    function setUp() public virtual {
        vm.warp(START);
        (referee, refereeKey) = makeAddrAndKey("referee");
        verifier = new ScriptedVerifier();
        token = new TestToken();
        _deployMarket(address(verifier));
    }

    function _deployMarket(address verifierAddress) internal {
        // The market comes third; its address is known before, so that vault and registry need no setter.
        address marketAddress = _futureAddress(vm.getNonce(address(this)) + 2);
        registry = new ParticipantRegistry(marketAddress);
        vault = new RewardVault(marketAddress);
        market = new TrainingMarket(
            IRoundVerifier(verifierAddress),
            IParticipantRegistry(address(registry)),
            IRewardVault(address(vault))
        );
    }

    /// @dev Address of this contract's creation with a nonce (RLP of the pair); test contracts stay below 65536.
    function _futureAddress(uint256 nonce) internal view returns (address) {
        bytes memory encoded =
            nonce < 0x80
                ? abi.encodePacked(hex"d694", address(this), uint8(nonce))
                : nonce < 0x100
                    ? abi.encodePacked(hex"d794", address(this), hex"81", uint8(nonce))
                    : abi.encodePacked(hex"d894", address(this), hex"82", uint16(nonce));
        return address(uint160(uint256(keccak256(encoded))));
    }

    function _terms() internal view returns (ProjectTerms memory terms) {
        terms.rewardToken = address(token);
        terms.budgetPerRoundWei = 1000 ether;
        terms.referee = referee;
        terms.stakeWei = 10 ether;
        terms.settleFeeWei = 1 ether;
        terms.normBoundSquared = 1 << 40;
        terms.aggregatorBondWei = 500 ether;
        terms.joinSeconds = 1000;
        terms.openSeconds = 100;
        terms.commitSeconds = 200;
        terms.revealSeconds = 50;
        terms.settleSeconds = 300;
        terms.rounds = 3;
        terms.extraRounds = 4;
        terms.slots = 8;
        terms.ruleId = 1;
        terms.minTrainers = 3;
        terms.maxTrainers = 5;
        terms.parameterCount = 1000;
        terms.fractionBits = 12;
        terms.flatBps = 1000;
        terms.capBps = 5000;
        terms.baseWeightKind = BaseWeightKind.Equal;
        terms.modelVisibility = ModelVisibility.Public;
        terms.maxStrikes = 3;
        terms.payEvery = 1;
        terms.usesPayGradient = true;
        terms.aggregators = [primary, standby, address(0)];
    }

    function _post(ProjectTerms memory terms) internal returns (uint256 projectId) {
        _fund(owner, market.requiredEscrow(terms));
        G1 memory model = _point(1);
        vm.prank(owner);
        projectId = market.postProject(terms, model, CID, CID);
    }

    /// @dev A project with both aggregators bonded and `count` trainers.
    function _ready(ProjectTerms memory terms, uint256 count) internal returns (uint256 projectId) {
        projectId = _post(terms);
        for (uint256 i = 0; i < 3; ++i) {
            if (terms.aggregators[i] != address(0) && terms.aggregatorBondWei != 0)
                _bond(projectId, terms.aggregators[i]);
        }
        for (uint256 i = 0; i < count; ++i) {
            _join(projectId, _trainer(i), terms.stakeWei);
        }
    }

    function _bond(uint256 projectId, address aggregator) internal {
        _fund(aggregator, 500 ether);
        vm.prank(aggregator);
        market.bondAggregator(projectId);
    }

    function _trainer(uint256 i) internal returns (address) {
        return makeAddr(string.concat("trainer ", vm.toString(i)));
    }

    /// @dev A trainer's cold address.
    function _payout(address trainer) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("payout", trainer)))));
    }

    function _register(address trainer) internal {
        if (registry.isRegistered(trainer)) return;
        vm.prank(trainer);
        registry.register(bytes32(uint256(uint160(trainer))), _payout(trainer), "");
    }

    function _join(uint256 projectId, address trainer, uint256 stakeWei) internal {
        _register(trainer);
        _fund(trainer, stakeWei);
        vm.prank(trainer);
        market.joinProject(projectId, stakeWei);
    }

    function _fund(address account, uint256 amountWei) internal {
        token.mint(account, amountWei);
        vm.prank(account);
        token.approve(address(vault), type(uint256).max);
    }

    /// @dev Points on the curve that differ: small multiples of the generator.
    function _point(uint256 scalar) internal view returns (G1 memory point) {
        (bool ok, bytes memory result) = address(7).staticcall(abi.encode(uint256(1), uint256(2), scalar));
        require(ok, "ecMul");
        (point.x, point.y) = abi.decode(result, (uint256, uint256));
    }

    function _sum(G1 memory left, G1 memory right) internal view returns (G1 memory sum) {
        (bool ok, bytes memory result) = address(6).staticcall(abi.encode(left, right));
        require(ok, "ecAdd");
        sum = abi.decode(result, (G1));
    }

    function _openRequest(uint256 projectId) internal view returns (OpenRound memory request) {
        request.projectId = projectId;
        request.roundIndex = market.getProject(projectId).nextRoundIndex;
        request.referenceCommitment = _point(1000 + request.roundIndex);
        request.referenceCid = CID;
        if (market.getProject(projectId).terms.usesPayGradient) {
            request.payGradientCommitment = _point(2000 + request.roundIndex);
            request.payGradientCid = CID;
        }
        request.refereeSignature = _signReference(request, refereeKey);
    }

    function _signReference(OpenRound memory request, uint256 key) internal view returns (bytes memory) {
        return _signReference(request, market.getProject(request.projectId).modelCommitment, key);
    }

    function _signReference(
        OpenRound memory request,
        G1 memory model,
        uint256 key
    ) internal view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "RoundReference(uint256 projectId,uint256 roundIndex,uint256 modelCommitment,uint256 referenceX,uint256 referenceY,uint256 payGradientX,uint256 payGradientY,bytes referenceCid,bytes payGradientCid,bytes jobCid)"
                ),
                request.projectId,
                request.roundIndex,
                PackedPoints.pack(model),
                request.referenceCommitment,
                request.payGradientCommitment,
                keccak256(request.referenceCid),
                keccak256(request.payGradientCid),
                keccak256(request.jobCid)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            keccak256(abi.encodePacked(hex"1901", market.domainSeparator(), structHash))
        );
        return abi.encodePacked(r, s, v);
    }

    function _open(uint256 projectId, address aggregator) internal {
        OpenRound memory request = _openRequest(projectId);
        delete submitters;
        delete submitted;
        vm.prank(aggregator);
        market.openRound(request);
    }

    function _submit(uint256 projectId, address trainer) internal {
        uint256 roundIndex = market.getRound(projectId).roundIndex;
        G1 memory commitment = _point(uint256(uint160(trainer)) + roundIndex);
        vm.prank(trainer);
        market.submitUpdate(projectId, roundIndex, _hashOf(trainer, commitment), CID);
        submitters.push(trainer);
        submitted.push(commitment);
    }

    function _hashOf(address trainer, G1 memory commitment) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(trainer, commitment.x, commitment.y));
    }

    /// @dev Opens a round in which the first `count` trainers submit.
    function _openAndSubmit(uint256 projectId, uint256 count) internal {
        _open(projectId, primary);
        for (uint256 i = 0; i < count; ++i) {
            _submit(projectId, _trainer(i));
        }
    }

    /// @dev Goes to the end of the commit phase, if it still runs.
    function _closeCommit(uint256 projectId) internal {
        RoundView memory round = market.getRound(projectId);
        if (block.timestamp < round.commitClosesAt) vm.warp(round.commitClosesAt);
    }

    /// @dev A settlement of what was submitted in which all are accepted and share alike.
    function _settlement(uint256 projectId) internal view returns (SettleRound memory request) {
        uint8[] memory verdicts = new uint8[](submitters.length);
        for (uint256 i = 0; i < verdicts.length; ++i) {
            verdicts[i] = ACCEPTED;
        }
        return _settlement(projectId, verdicts);
    }

    function _settlement(
        uint256 projectId,
        uint8[] memory verdicts
    ) internal view returns (SettleRound memory request) {
        OpenRound memory opened = _openRequest(projectId);
        request.projectId = projectId;
        request.roundIndex = opened.roundIndex - 1;
        request.referenceCommitment = _point(1000 + request.roundIndex);
        ProjectView memory project = market.getProject(projectId);
        if (project.terms.usesPayGradient) request.payGradientCommitment = _point(2000 + request.roundIndex);
        (request.modelY, request.aggregateY) = (project.modelCommitment.y, project.aggregateCommitment.y);
        request.trainers = submitters;
        request.commitments = submitted;
        request.newModelCid = CID;
        request.proof.aggregateCommitment = _point(3000 + request.roundIndex);
        request.proof.outcomeWords = _outcomeWords(project.terms.slots, verdicts);
    }

    /// @dev A settlement that leaves out, as unreadable, the trainer who submitted as number `index`, and accepts all others.
    function _settlementWithout(
        uint256 projectId,
        uint256 index,
        uint8 reason
    ) internal view returns (SettleRound memory request) {
        request = _settlement(projectId, _verdictsBut(index, 0));
        request.excludedMask = uint32(1 << (PublicSignals.FIRST_TRAINER_SLOT + index));
        request.exclusionReasons = abi.encodePacked(reason);
    }

    /// @dev Words in which the accepted share alike, unless they are fewer than half: then the round is void.
    function _outcomeWords(uint256 slots, uint8[] memory verdicts) internal pure returns (uint256[] memory words) {
        words = new uint256[]((slots - 3 + 7) / 8);
        uint256 accepted;
        uint256 active;
        for (uint256 i = 0; i < verdicts.length; ++i) {
            if (verdicts[i] == ACCEPTED) ++accepted;
            if (verdicts[i] != 0) ++active;
        }
        bool isVoid = accepted == 0 || 2 * accepted < active;
        bool isFirst = true;
        for (uint256 i = 0; i < verdicts.length; ++i) {
            uint256 bits = uint256(verdicts[i]) << 27;
            if (!isVoid && verdicts[i] == ACCEPTED) {
                bits |= 65535 / accepted;
                bits |= (1024 / accepted + (isFirst ? 1024 % accepted : 0)) << 16;
                isFirst = false;
            }
            words[i / 8] |= bits << (31 * (i % 8));
        }
    }

    function _settle(uint256 projectId, address aggregator) internal {
        SettleRound memory request = _settlement(projectId);
        vm.prank(aggregator);
        market.settleRound(request);
    }

    function _settleWith(uint256 projectId, address aggregator, uint8[] memory verdicts) internal {
        SettleRound memory request = _settlement(projectId, verdicts);
        vm.prank(aggregator);
        market.settleRound(request);
    }

    /// @dev The same verdict for every submitter.
    function _verdicts(uint8 verdict) internal view returns (uint8[] memory verdicts) {
        verdicts = new uint8[](submitters.length);
        for (uint256 i = 0; i < verdicts.length; ++i) {
            verdicts[i] = verdict;
        }
    }

    /// @dev Accepted, but for the submitter at `index`.
    function _verdictsBut(uint256 index, uint8 verdict) internal view returns (uint8[] memory verdicts) {
        verdicts = _verdicts(ACCEPTED);
        verdicts[index] = verdict;
    }

    function _signUpdate(
        uint256 projectId,
        uint256 roundIndex,
        bytes32 commitmentHash,
        uint256 key,
        bytes memory cid
    ) internal view returns (bytes memory signed) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Update(uint256 projectId,uint256 roundIndex,bytes32 commitmentHash,bytes bundleCid)"),
                projectId,
                roundIndex,
                commitmentHash,
                keccak256(cid)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            keccak256(abi.encodePacked(hex"1901", market.domainSeparator(), structHash))
        );
        bytes32 vs = bytes32(uint256(v - 27) << 255) | s;
        return abi.encodePacked(commitmentHash, r, vs, uint8(cid.length), cid);
    }

    function _assertSolvent() internal view {
        assertEq(token.balanceOf(address(vault)), vault.owed(address(token)), "the vault holds what it owes");
    }
}
