// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {TrainerStatus, TrainerView} from "../../contracts/types/MarketViews.sol";
import {BaseWeightKind, ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {MarketFixture} from "./support/MarketFixture.sol";
import {Vm} from "./support/Vm.sol";

/// @title Joining, leaving and bonding
contract TrainingMarketParticipantsTest is MarketFixture {
    function test_join_registered_locksStakeAndTakesAPlace() public {
        uint256 projectId = _post(_terms());
        address trainer = _trainer(0);
        _register(trainer);
        _fund(trainer, 10 ether);

        vm.expectEmit(address(market));
        emit ITrainingMarket.TrainerJoined(projectId, trainer, 0, 1023, 10 ether, 32768);
        vm.prank(trainer);
        market.joinProject(projectId, 10 ether);

        TrainerView memory view_ = market.getTrainer(projectId, trainer);
        assertEq(uint256(view_.status), uint256(TrainerStatus.Active));
        assertEq(view_.stakeWei, 10 ether);
        assertEq(view_.reliability, 32768);
        assertEq(market.getProject(projectId).rosterMask, 1);
        assertEq(token.balanceOf(trainer), 0);
        _assertSolvent();
    }

    function test_join_wrongStake_reverts() public {
        uint256 projectId = _post(_terms());
        _register(_trainer(0));

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongAmount.selector, 10 ether, 11 ether));
        vm.prank(_trainer(0));
        market.joinProject(projectId, 11 ether);
    }

    function test_join_byStake_weighsInProportionUpToTheCap() public {
        ProjectTerms memory terms = _terms();
        terms.baseWeightKind = BaseWeightKind.BondedStake;
        terms.stakeWei = 1;
        terms.fullWeightStakeWei = 100 ether;
        uint256 projectId = _post(terms);

        _join(projectId, _trainer(0), 1);
        _join(projectId, _trainer(1), 50 ether);
        _join(projectId, _trainer(2), 100 ether - 1);
        _join(projectId, _trainer(3), 100 ether);
        _join(projectId, _trainer(4), 900 ether);

        assertEq(market.getTrainer(projectId, _trainer(0)).baseWeight, 1);
        assertEq(market.getTrainer(projectId, _trainer(1)).baseWeight, 511);
        assertEq(market.getTrainer(projectId, _trainer(2)).baseWeight, 1022);
        assertEq(market.getTrainer(projectId, _trainer(3)).baseWeight, 1023);
        assertEq(market.getTrainer(projectId, _trainer(4)).baseWeight, 1023);
        _register(_trainer(5));
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongAmount.selector, 1, 0));
        vm.prank(_trainer(5));
        market.joinProject(projectId, 0);
    }

    function test_join_byStake_upToTheLargestAmountAndNoMore() public {
        ProjectTerms memory terms = _terms();
        terms.baseWeightKind = BaseWeightKind.BondedStake;
        terms.fullWeightStakeWei = 100 ether;
        uint256 projectId = _post(terms);
        uint256 mostWei = type(uint88).max;
        _register(_trainer(0));

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongAmount.selector, 10 ether, mostWei + 1));
        vm.prank(_trainer(0));
        market.joinProject(projectId, mostWei + 1);
        _join(projectId, _trainer(0), mostWei);
        assertEq(market.getTrainer(projectId, _trainer(0)).stakeWei, mostWei);
    }

    function test_join_notRegistered_reverts() public {
        uint256 projectId = _post(_terms());

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotRegistered.selector, _trainer(0)));
        vm.prank(_trainer(0));
        market.joinProject(projectId, 10 ether);
    }

    function test_join_notReliableEnough_reverts() public {
        ProjectTerms memory terms = _terms();
        terms.minReliability = 32769;
        uint256 projectId = _post(terms);
        _register(_trainer(0));

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotReliable.selector, _trainer(0), 32769, 32768));
        vm.prank(_trainer(0));
        market.joinProject(projectId, 10 ether);
        terms.minReliability = 32768;
        _join(_post(terms), _trainer(0), 10 ether);
    }

    function test_join_ownerRefereeOrAggregator_reverts() public {
        uint256 projectId = _post(_terms());
        address[4] memory insiders = [owner, referee, primary, standby];

        for (uint256 i = 0; i < insiders.length; ++i) {
            _register(insiders[i]);
            vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketConflictOfInterest.selector, insiders[i]));
            vm.prank(insiders[i]);
            market.joinProject(projectId, 10 ether);
        }
    }

    function test_join_twiceOrAgain_reverts() public {
        uint256 projectId = _post(_terms());
        _join(projectId, _trainer(0), 10 ether);

        vm.startPrank(_trainer(0));
        vm.expectRevert(
            abi.encodeWithSelector(ITrainingMarket.MarketAlreadyJoined.selector, _trainer(0), TrainerStatus.Active)
        );
        market.joinProject(projectId, 10 ether);
        // Coming back would wash strikes off.
        market.leaveProject(projectId);
        vm.expectRevert(
            abi.encodeWithSelector(ITrainingMarket.MarketAlreadyJoined.selector, _trainer(0), TrainerStatus.Left)
        );
        market.joinProject(projectId, 10 ether);
    }

    function test_join_afterStopOrWhenOverdue_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _open(projectId, primary);
        _register(_trainer(7));
        vm.prank(owner);
        market.announceStop(projectId);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketStopAnnounced.selector, projectId));
        vm.prank(_trainer(7));
        market.joinProject(projectId, 10 ether);

        uint256 other = _post(_terms());
        vm.warp(START + 1200);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITrainingMarket.MarketWrongPhase.selector,
                other,
                RoundPhase.Idle,
                RoundPhase.Overdue
            )
        );
        vm.prank(_trainer(7));
        market.joinProject(other, 10 ether);
    }

    function test_join_rosterFull_revertsUntilSomebodyLeaves() public {
        uint256 projectId = _ready(_terms(), 40);
        _register(_trainer(40));
        _fund(_trainer(40), 10 ether);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketRosterFull.selector, projectId, 40));
        vm.prank(_trainer(40));
        market.joinProject(projectId, 10 ether);

        vm.prank(_trainer(17));
        market.leaveProject(projectId);
        vm.prank(_trainer(40));
        market.joinProject(projectId, 10 ether);
        assertEq(market.getTrainer(projectId, _trainer(40)).rosterIndex, 17);
    }

    function test_leave_withoutRound_paysStakeToTheColdAddress() public {
        uint256 projectId = _ready(_terms(), 3);

        vm.expectEmit(address(market));
        emit ITrainingMarket.TrainerLeaving(projectId, _trainer(1));
        vm.expectEmit(address(market));
        emit ITrainingMarket.TrainerLeft(projectId, _trainer(1), 10 ether, 32768);
        vm.prank(_trainer(1));
        market.leaveProject(projectId);

        assertEq(token.balanceOf(_payout(_trainer(1))), 10 ether);
        assertEq(market.getProject(projectId).occupiedMask, 5);
        _assertNothingLeft(projectId, _trainer(1));
    }

    function test_leave_withEarnings_paysThemOnceAndKeepsNone() public {
        ProjectTerms memory terms = _terms();
        terms.payEvery = 2;
        uint256 projectId = _ready(terms, 4);
        _openAndSubmit(projectId, 4);
        _settle(projectId, primary);
        uint256 earnedWei = market.getTrainer(projectId, _trainer(3)).earnedWei;
        assertGt(earnedWei, 200 ether);

        vm.prank(_trainer(3));
        market.leaveProject(projectId);
        assertEq(token.balanceOf(_payout(_trainer(3))), earnedWei + 10 ether);
        _assertNothingLeft(projectId, _trainer(3));

        // Nor does the next transfer pay it anything.
        _openAndSubmit(projectId, 3);
        _settle(projectId, primary);
        assertEq(token.balanceOf(_payout(_trainer(3))), earnedWei + 10 ether);
        _assertSolvent();
    }

    function test_leave_withoutAnyOutcome_recordsNothing() public {
        _register(_trainer(0));
        vm.prank(address(market));
        registry.recordReliability(_trainer(0), 0, 32768, 52768);
        uint256 projectId = _ready(_terms(), 3);
        vm.warp(START + 500);
        vm.recordLogs();
        vm.prank(_trainer(0));
        market.leaveProject(projectId);

        assertEq(_logsOf(IParticipantRegistry.ReliabilityChanged.selector), 0);
        // Half a month after the outcome of long ago, not after leaving.
        vm.warp(START + 15 days);
        assertEq(registry.reliabilityOf(_trainer(0)), 47768);
    }

    /// @dev Time had taken 369 from the score and the acceptance gave them back: compared with the scores alone, nothing happened.
    function test_leave_outcomeThatRestoresTheScore_isRecorded() public {
        _register(_trainer(0));
        vm.prank(address(market));
        registry.recordReliability(_trainer(0), 0, 32768, 60000);
        ProjectTerms memory terms = _terms();
        terms.joinSeconds = 1 days;
        uint256 projectId = _ready(terms, 3);
        vm.warp(START + 70_300);
        assertEq(registry.reliabilityOf(_trainer(0)), 59631);
        _openAndSubmit(projectId, 3);
        _settle(projectId, primary);
        assertEq(market.getTrainer(projectId, _trainer(0)).reliability, 60000);

        vm.expectEmit(address(registry));
        emit IParticipantRegistry.ReliabilityChanged(_trainer(0), projectId, 59631, 60000);
        vm.prank(_trainer(0));
        market.leaveProject(projectId);
        assertEq(registry.reliabilityOf(_trainer(0)), 60000);
    }

    function test_end_saysOfEveryTrainerOnce_thatItsPartIsOver() public {
        uint256 projectId = _ready(_terms(), 4);
        // A place in the middle that somebody had, and all those behind that nobody ever had.
        vm.prank(_trainer(1));
        market.leaveProject(projectId);
        vm.recordLogs();
        vm.prank(owner);
        market.announceStop(projectId);
        assertEq(_logsOf(ITrainingMarket.TrainerLeft.selector), 3);
        assertEq(uint256(market.getTrainer(projectId, address(0)).status), uint256(TrainerStatus.None));
    }

    function test_leave_duringRound_takesEffectAfterIt() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.prank(_trainer(3));
        market.leaveProject(projectId);
        assertEq(token.balanceOf(_payout(_trainer(3))), 0);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTrainerInRound.selector, _trainer(3), 0));
        market.releaseTrainer(projectId, _trainer(3));
        _settle(projectId, primary);
        uint256 earnedWei = token.balanceOf(_payout(_trainer(3)));
        assertGt(earnedWei, 200 ether);

        // Anybody may finish it; the money can go to one place only.
        market.releaseTrainer(projectId, _trainer(3));
        assertEq(token.balanceOf(_payout(_trainer(3))), earnedWei + 10 ether);
        assertEq(market.getProject(projectId).rosterMask, 7);
    }

    function test_leave_afterAnUpdateAboveTheBound_savesNoStake() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.prank(_trainer(1));
        market.leaveProject(projectId);
        _settleWith(projectId, primary, _verdictsBut(1, ABOVE_NORM_BOUND));

        assertEq(uint256(market.getTrainer(projectId, _trainer(1)).status), uint256(TrainerStatus.Slashed));
        assertEq(token.balanceOf(BURN_ADDRESS), 10 ether);
        market.releaseTrainer(projectId, _trainer(1));
        assertEq(token.balanceOf(_payout(_trainer(1))), 0);
        _assertNothingLeft(projectId, _trainer(1));
    }

    function test_leave_lastStrikeOnTheWayOut_isNoExpulsion() public {
        ProjectTerms memory terms = _terms();
        terms.maxStrikes = 1;
        uint256 projectId = _ready(terms, 4);
        _openAndSubmit(projectId, 4);
        vm.prank(_trainer(1));
        market.leaveProject(projectId);
        vm.recordLogs();
        _settleWith(projectId, primary, _verdictsBut(1, AGAINST_REFERENCE));

        assertEq(_logsOf(ITrainingMarket.TrainerExpelled.selector), 0);
        assertEq(uint256(market.getTrainer(projectId, _trainer(1)).status), uint256(TrainerStatus.Leaving));
        market.releaseTrainer(projectId, _trainer(1));
        assertEq(token.balanceOf(_payout(_trainer(1))), 10 ether);
    }

    function test_release_whoHasNotAskedToLeave_reverts() public {
        uint256 projectId = _ready(_terms(), 3);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTrainerNotIdle.selector, _trainer(0), 0, 37));
        market.releaseTrainer(projectId, _trainer(0));
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotATrainer.selector, third, TrainerStatus.None));
        vm.prank(third);
        market.leaveProject(projectId);
    }

    function test_bond_whole_isLockedAndAnnounced() public {
        uint256 projectId = _post(_terms());
        _fund(primary, 500 ether);

        vm.expectEmit(address(market));
        emit ITrainingMarket.AggregatorBonded(projectId, primary, 500 ether);
        vm.prank(primary);
        market.bondAggregator(projectId);
        assertEq(token.balanceOf(primary), 0);
        assertEq(market.getProject(projectId).bondsWei[0], 500 ether);
        _assertSolvent();
    }

    function test_bond_stranger_reverts() public {
        uint256 projectId = _post(_terms());

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAnAggregator.selector, third));
        vm.prank(third);
        market.bondAggregator(projectId);
    }

    function test_bond_twice_reverts() public {
        uint256 projectId = _ready(_terms(), 0);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongAmount.selector, 500 ether, 500 ether));
        vm.prank(primary);
        market.bondAggregator(projectId);
        assertEq(market.getProject(projectId).bondsWei[1], 500 ether);
    }

    function _assertNothingLeft(uint256 projectId, address trainer) private view {
        TrainerView memory view_ = market.getTrainer(projectId, trainer);
        assertEq(uint256(view_.status), uint256(TrainerStatus.Left));
        assertEq(view_.stakeWei, 0);
        assertEq(view_.earnedWei, 0);
        _assertSolvent();
    }

    /// @dev How many of the recorded logs are of an event.
    function _logsOf(bytes32 topic) private returns (uint256 count) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) ++count;
        }
    }
}
