// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {IRewardVault} from "../../contracts/interfaces/IRewardVault.sol";
import {IRoundVerifier} from "../../contracts/interfaces/IRoundVerifier.sol";
import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {ParticipantRegistry} from "../../contracts/ParticipantRegistry.sol";
import {RewardVault} from "../../contracts/RewardVault.sol";
import {TrainingMarket} from "../../contracts/TrainingMarket.sol";
import {G1} from "../../contracts/types/G1.sol";
import {EndReason, ProjectView} from "../../contracts/types/MarketViews.sol";
import {BaseWeightKind, ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title Posting, funding and stopping projects
contract TrainingMarketProjectsTest is MarketFixture {
    function test_constructor_foreignRegistry_reverts() public {
        address next = _futureAddress(vm.getNonce(address(this)) + 1);
        IRewardVault own = IRewardVault(address(new RewardVault(next)));
        // The registry of the fixture knows the fixture's market.
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAuthorized.selector, next, address(market)));
        new TrainingMarket(IRoundVerifier(address(verifier)), IParticipantRegistry(address(registry)), own);
    }

    function test_constructor_foreignVault_reverts() public {
        address next = _futureAddress(vm.getNonce(address(this)) + 1);
        IParticipantRegistry own = IParticipantRegistry(address(new ParticipantRegistry(next)));
        // The vault of the fixture would take its orders from the fixture's market.
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAuthorized.selector, next, address(market)));
        new TrainingMarket(IRoundVerifier(address(verifier)), own, IRewardVault(address(vault)));
    }

    function test_post_soundTerms_movesWholeEscrowAndStoresEverything() public {
        ProjectTerms memory terms = _terms();
        uint256 escrowWei = 3 * 1000 ether + 7 * 1 ether;
        assertEq(market.requiredEscrow(terms), escrowWei);
        _fund(owner, escrowWei);
        G1 memory model = _point(1);

        vm.expectEmit(address(market));
        emit ITrainingMarket.ProjectPosted(1, owner, address(token), terms, keccak256(abi.encode(terms)), CID);
        vm.expectEmit(address(market));
        emit ITrainingMarket.ModelPublished(1, 0, 0, model, CID);
        vm.prank(owner);
        uint256 projectId = market.postProject(terms, model, CID, CID);

        ProjectView memory project = market.getProject(projectId);
        assertEq(projectId, 1);
        assertEq(market.projectCount(), 1);
        assertEq(keccak256(abi.encode(project.terms)), keccak256(abi.encode(terms)));
        assertEq(project.owner, owner);
        assertEq(project.escrowWei, escrowWei);
        assertEq(project.rewardLeftWei, 3000 ether);
        assertEq(uint256(project.phase), uint256(RoundPhase.Idle));
        assertEq(project.phaseEndsAt, START + 1000 + 2 * 100);
        assertEq(project.modelCommitment.y, model.y);
        assertEq(project.aggregateCommitment.x, 0);
        _assertSolvent();
    }

    function test_post_termOutsideItsBounds_revertsWithItsName() public {
        ProjectTerms memory terms = _terms();
        terms.rewardToken = address(0);
        _refused(terms, "rewardToken", 0, 1, type(uint160).max);
        terms = _terms();
        terms.referee = address(0);
        _refused(terms, "referee", 0, 1, type(uint160).max);
        terms = _terms();
        terms.budgetPerRoundWei = 0;
        _refused(terms, "budgetPerRoundWei", 0, 1, uint256(type(uint88).max) / 10_000);
        terms = _terms();
        terms.settleFeeWei = type(uint96).max;
        _refused(terms, "settleFeeWei", type(uint96).max, 0, uint256(type(uint88).max) / 10_000);
        terms = _terms();
        terms.stakeWei = uint96(type(uint88).max) + 1;
        _refused(terms, "stakeWei", uint256(type(uint88).max) + 1, 0, type(uint88).max);
        terms = _terms();
        terms.aggregatorBondWei = uint96(type(uint88).max) + 1;
        _refused(terms, "aggregatorBondWei", uint256(type(uint88).max) + 1, 0, type(uint88).max);
        terms = _terms();
        terms.fullWeightStakeWei = 1;
        _refused(terms, "fullWeightStakeWei", 1, 0, 0);
        terms = _terms();
        terms.baseWeightKind = BaseWeightKind.BondedStake;
        _refused(terms, "fullWeightStakeWei", 0, 10 ether, type(uint88).max);
        terms.stakeWei = 0;
        _refused(terms, "stakeWei", 0, 1, type(uint88).max);
    }

    function test_post_payTermsThatCannotWork_revert() public {
        ProjectTerms memory terms = _terms();
        terms.flatBps = 10_001;
        _refused(terms, "flatBps", 10_001, 0, 10_000);
        terms = _terms();
        // Three trainers at 33.33 % each would leave money that nobody can earn.
        terms.capBps = 3333;
        _refused(terms, "capBps", 3333, 3334, 10_000);
        terms = _terms();
        terms.payEvery = 0;
        _refused(terms, "payEvery", 0, 1, type(uint16).max);
    }

    function test_post_phasesThatCannotWork_revert() public {
        ProjectTerms memory terms = _terms();
        terms.joinSeconds = 90 days + 1;
        _refused(terms, "joinSeconds", 90 days + 1, 0, 90 days);
        terms = _terms();
        terms.openSeconds = 9;
        _refused(terms, "openSeconds", 9, 10, 90 days);
        terms = _terms();
        terms.commitSeconds = 0;
        _refused(terms, "commitSeconds", 0, 10, 90 days);
        terms = _terms();
        terms.revealSeconds = 9;
        _refused(terms, "revealSeconds", 9, 10, 90 days);
        terms = _terms();
        terms.settleSeconds = 90 days + 1;
        _refused(terms, "settleSeconds", 90 days + 1, 10, 90 days);
        terms = _terms();
        terms.rounds = 0;
        _refused(terms, "rounds", 0, 1, 10_000);
        terms = _terms();
        terms.extraRounds = 10_001;
        _refused(terms, "extraRounds", 10_001, 0, 10_000);
    }

    function test_post_ruleThatCannotWorkAtThatSize_reverts() public {
        ProjectTerms memory terms = _terms();
        terms.slots = 9;
        _refused(terms, "slots", 9, 8, 32);
        terms = _terms();
        terms.ruleId = 3;
        _refused(terms, "ruleId", 3, 1, 2);
        terms = _terms();
        terms.minTrainers = 2;
        _refused(terms, "minTrainers", 2, 3, 5);
        terms.minTrainers = 0;
        _refused(terms, "minTrainers", 0, 3, 5);
        terms = _terms();
        terms.maxTrainers = 6;
        _refused(terms, "maxTrainers", 6, 3, 5);
        terms = _terms();
        terms.ruleParameterA = 1;
        _refused(terms, "ruleParameterA", 1, 0, 0);
        terms = _terms();
        terms.ruleId = 2;
        terms.ruleParameterA = 1;
        terms.ruleParameterB = 2;
        _expectRefusal(terms, abi.encodeWithSelector(ITrainingMarket.MarketRuleNeedsMoreTrainers.selector, 1, 3, 5));
        terms.minTrainers = 5;
        terms.ruleParameterB = 5;
        _refused(terms, "ruleParameterB", 5, 3, 4);
        terms.ruleParameterB = 2;
        _refused(terms, "ruleParameterB", 2, 3, 4);
        terms.ruleParameterA = 0;
        _refused(terms, "ruleParameterA", 0, 1, 1);
        terms.ruleParameterA = 2;
        _refused(terms, "ruleParameterA", 2, 1, 1);
    }

    function test_post_modelThatTheProofCannotHold_reverts() public {
        ProjectTerms memory terms = _terms();
        terms.parameterCount = 1 << 24;
        _refused(terms, "parameterCount", 1 << 24, 1, (1 << 24) - 1);
        terms = _terms();
        terms.fractionBits = 17;
        _refused(terms, "fractionBits", 17, 8, 16);
        terms = _terms();
        terms.normBoundSquared = 1 << 54;
        _refused(terms, "normBoundSquared", 1 << 54, 1, (1 << 54) - 1);
    }

    function test_post_aggregatorsThatAreNoList_reverts() public {
        ProjectTerms memory terms = _terms();
        address[3][4] memory lists = [
            [address(0), address(0), address(0)],
            [primary, address(0), standby],
            [primary, primary, address(0)],
            [primary, standby, primary]
        ];
        for (uint256 i = 0; i < lists.length; ++i) {
            terms.aggregators = lists[i];
            _expectRefusal(terms, abi.encodeWithSelector(ITrainingMarket.MarketInvalidAggregators.selector, lists[i]));
        }
    }

    function test_post_ruleWithoutKey_reverts() public {
        vm.mockCall(
            address(verifier),
            abi.encodeWithSelector(IRoundVerifier.isSupported.selector, 1, 8),
            abi.encode(false)
        );
        _expectRefusal(_terms(), abi.encodeWithSelector(ITrainingMarket.MarketUnsupportedRule.selector, 1, 8));
    }

    function test_post_badModelOrCid_reverts() public {
        ProjectTerms memory terms = _terms();
        _fund(owner, 1e25);
        G1 memory model = _point(1);
        vm.startPrank(owner);

        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 0, 0));
        market.postProject(terms, G1(0, 0), CID, CID);
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 1, 3));
        market.postProject(terms, G1(1, 3), CID, CID);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 0));
        market.postProject(terms, model, "", CID);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 97));
        market.postProject(terms, model, CID, new bytes(97));
    }

    function test_post_permitAndMulticall_needsOneTransaction() public {
        (address account, uint256 key) = makeAddrAndKey("permitting owner");
        ProjectTerms memory terms = _terms();
        uint256 escrowWei = market.requiredEscrow(terms);
        token.mint(account, escrowWei);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                account,
                address(vault),
                escrowWei,
                0,
                START + 1
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash))
        );
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(market.permit, (address(token), escrowWei, START + 1, v, r, s));
        calls[1] = abi.encodeCall(market.postProject, (terms, _point(1), CID, CID));

        // Somebody who sees the permit uses it first: nothing breaks.
        token.permit(account, address(vault), escrowWei, START + 1, v, r, s);
        vm.prank(account);
        bytes[] memory results = market.multicall(calls);

        assertEq(abi.decode(results[1], (uint256)), 1);
        assertEq(market.getProject(1).owner, account);
    }

    function test_addBudget_anybody_raisesEveryRoundLeft() public {
        uint256 projectId = _ready(_terms(), 3);
        _fund(third, 600 ether);

        vm.expectEmit(address(market));
        emit ITrainingMarket.BudgetAdded(projectId, third, 600 ether);
        vm.prank(third);
        market.addBudget(projectId, 600 ether);

        assertEq(market.getProject(projectId).rewardLeftWei, 3600 ether);
        assertEq(market.getRound(projectId).budgetWei, 1200 ether);
        _assertSolvent();
    }

    function test_addBudget_nothingOrToNobody_reverts() public {
        uint256 projectId = _post(_terms());

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongAmount.selector, type(uint88).max, 0));
        market.addBudget(projectId, 0);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketUnknownProject.selector, 9));
        market.addBudget(9, 1);
    }

    function test_addBudget_upToTheLargestAmountAndNoMore() public {
        uint256 projectId = _post(_terms());
        uint256 mostWei = type(uint88).max;
        _fund(third, mostWei);

        // Its low 96 bits are one wei: a cast would credit that, or take anything for a wei.
        uint256[2] memory refused = [mostWei + 1, (1 << 96) + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongAmount.selector, mostWei, refused[i]));
            vm.prank(third);
            market.addBudget(projectId, refused[i]);
        }
        vm.prank(third);
        market.addBudget(projectId, mostWei);
        assertEq(market.getProject(projectId).rewardLeftWei, 3000 ether + mostWei);
        _assertSolvent();
    }

    function test_stop_withoutRound_refundsAtOnce() public {
        uint256 projectId = _ready(_terms(), 3);

        vm.expectEmit(address(market));
        emit ITrainingMarket.StopAnnounced(projectId, owner);
        vm.expectEmit(address(market));
        emit ITrainingMarket.ProjectEnded(projectId, EndReason.StoppedByOwner, 3007 ether);
        vm.prank(owner);
        market.announceStop(projectId);

        assertEq(token.balanceOf(owner), 3007 ether);
        assertEq(token.balanceOf(_payout(_trainer(2))), 10 ether);
        assertEq(token.balanceOf(primary), 500 ether);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    function test_stop_duringRound_roundStillPays() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        vm.prank(owner);
        market.announceStop(projectId);

        _settle(projectId, primary);

        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
        assertGt(token.balanceOf(_payout(_trainer(0))), 310 ether);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    function test_stop_strangerOrTwice_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _open(projectId, primary);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAuthorized.selector, primary, owner));
        vm.prank(primary);
        market.announceStop(projectId);

        vm.startPrank(owner);
        market.announceStop(projectId);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketStopAnnounced.selector, projectId));
        market.announceStop(projectId);
    }

    function test_over_nothingMovesAnyMore() public {
        uint256 projectId = _ready(_terms(), 3);
        vm.prank(owner);
        market.announceStop(projectId);
        bytes memory over = abi.encodeWithSelector(
            ITrainingMarket.MarketWrongPhase.selector,
            projectId,
            RoundPhase.Idle,
            RoundPhase.Ended
        );

        vm.expectRevert(over);
        market.addBudget(projectId, 1);
        vm.expectRevert(over);
        market.joinProject(projectId, 1);
        vm.expectRevert(over);
        market.leaveProject(projectId);
        vm.expectRevert(over);
        market.releaseTrainer(projectId, _trainer(0));
        vm.expectRevert(over);
        market.bondAggregator(projectId);
        vm.expectRevert(over);
        vm.prank(owner);
        market.announceStop(projectId);
        vm.expectRevert(
            abi.encodeWithSelector(ITrainingMarket.MarketNothingToDo.selector, projectId, RoundPhase.Ended, 0)
        );
        market.poke(projectId);
    }

    function test_views_unknownProject_revert() public {
        bytes memory unknown = abi.encodeWithSelector(ITrainingMarket.MarketUnknownProject.selector, 1);
        vm.expectRevert(unknown);
        market.getProject(1);
        vm.expectRevert(unknown);
        market.getRound(1);
        vm.expectRevert(unknown);
        market.getTrainers(1, 0, 1);
        vm.expectRevert(unknown);
        market.poke(1);
    }

    function test_views_pages_coverEverythingOnce() public {
        for (uint256 i = 0; i < 3; ++i) {
            _ready(_terms(), 4);
            vm.warp(block.timestamp + 1);
        }

        assertEq(market.getProjects(0, 5).length, 0);
        assertEq(market.getProjects(4, 5).length, 0);
        assertEq(market.getProjects(1, 2).length, 2);
        assertEq(market.getProjects(2, 5).length, 2);
        assertEq(market.getProjects(3, 5).length, 1);
        // They differ in when they were posted.
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(
                keccak256(abi.encode(market.getProjects(2, 5)[i])),
                keccak256(abi.encode(market.getProject(2 + i)))
            );
        }
        assertEq(market.getTrainers(1, 0, 40).length, 4);
        assertEq(market.getTrainers(1, 2, 1)[0].trainer, _trainer(2));
        assertEq(market.getTrainers(1, 4, type(uint256).max).length, 0);
        assertEq(market.getTrainers(1, 100, 1).length, 0);
    }

    function _refused(ProjectTerms memory terms, string memory term, uint256 value, uint256 min, uint256 max) private {
        _expectRefusal(
            terms,
            abi.encodeWithSelector(ITrainingMarket.MarketInvalidTerm.selector, term, value, min, max)
        );
    }

    function _expectRefusal(ProjectTerms memory terms, bytes memory revertData) private {
        G1 memory model = _point(1);
        vm.expectRevert(revertData);
        market.postProject(terms, model, CID, CID);
    }
}
