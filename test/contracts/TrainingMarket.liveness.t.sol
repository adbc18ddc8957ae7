// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {EndReason, ProjectView, TrainerView, VoidReason} from "../../contracts/types/MarketViews.sol";
import {ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {SettleRound} from "../../contracts/types/RoundRequests.sol";
import {ScriptedVerifier} from "./mocks/ScriptedVerifier.sol";
import {MarketFixture} from "./support/MarketFixture.sol";
import {Vm} from "./support/Vm.sol";

/// @title Deadlines, standbys and what a missed turn costs
contract TrainingMarketLivenessTest is MarketFixture {
    // --- poke, in every phase, on both sides of every boundary ---

    function test_poke_nothingDue_revertsWithTheTime() public {
        uint256 projectId = _ready(_terms(), 4);
        _nothingToDo(projectId, RoundPhase.Idle, START + 1200);
        vm.warp(START + 1199);
        _nothingToDo(projectId, RoundPhase.Idle, START + 1200);

        vm.warp(START);
        _openAndSubmit(projectId, 3);
        _nothingToDo(projectId, RoundPhase.Commit, START + 200);
        vm.warp(START + 200);
        _nothingToDo(projectId, RoundPhase.Reveal, START + 250);
        vm.warp(START + 250);
        _nothingToDo(projectId, RoundPhase.Settle, START + 850);
        vm.warp(START + 849);
        _nothingToDo(projectId, RoundPhase.Settle, START + 850);
        vm.warp(START + 850);
        market.poke(projectId);
    }

    function test_poke_nobodyOpens_endsAndRefunds() public {
        uint256 projectId = _ready(_terms(), 4);
        vm.warp(START + 1200);

        vm.expectEmit(address(market));
        emit ITrainingMarket.ProjectEnded(projectId, EndReason.NobodyOpened, 3007 ether);
        vm.prank(third);
        market.poke(projectId);

        assertEq(token.balanceOf(owner), 3007 ether);
        assertEq(token.balanceOf(_payout(_trainer(0))), 10 ether);
        assertEq(token.balanceOf(primary), 500 ether);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    function test_poke_tooFewSubmissions_voidsWithoutFault() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 2);
        vm.warp(START + 200);
        assertEq(uint256(market.getRound(projectId).phase), uint256(RoundPhase.Expired));

        vm.expectEmit(address(market));
        emit ITrainingMarket.RoundVoided(projectId, 0, VoidReason.TooFewSubmissions, 0);
        market.poke(projectId);

        _assertUntouched(projectId, 4);
        assertEq(market.getProject(projectId).bondsWei[0], 500 ether);
        assertEq(market.getProject(projectId).aggregatorIndex, 0);
        assertEq(market.getProject(projectId).rewardLeftWei, 3000 ether);
    }

    function test_poke_nobodySettled_bondPaysTheSubmitters() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 3);
        vm.warp(START + 850);

        // The round would have paid 1000: the primary's bond of 500 and the standby's of 500 are at stake.
        vm.expectEmit(address(market));
        emit ITrainingMarket.BondForfeited(projectId, 0, primary, 0, 500 ether);
        vm.expectEmit(address(market));
        emit ITrainingMarket.BondForfeited(projectId, 0, standby, 0, 500 ether);
        vm.expectEmit(address(market));
        emit ITrainingMarket.RoundVoided(projectId, 0, VoidReason.NotSettled, 0);
        market.poke(projectId);

        uint256 eachWei = uint256(1000 ether) / 3;
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(market.getTrainer(projectId, _trainer(i)).earnedWei, eachWei);
            assertEq(market.getTrainer(projectId, _trainer(i)).reliability, 32768);
        }
        assertEq(market.getTrainer(projectId, _trainer(3)).earnedWei, 0);
        assertEq(market.getProject(projectId).rewardLeftWei, 3000 ether + 1);
        assertEq(market.getProject(projectId).aggregatorIndex, 1);
        _assertSolvent();
    }

    function test_poke_forfeitedParts_neverExceedWhatTheRoundWouldHavePaid() public {
        ProjectTerms memory terms = _terms();
        terms.budgetPerRoundWei = 300 ether;
        uint256 projectId = _ready(terms, 3);
        _openAndSubmit(projectId, 3);
        vm.warp(START + 850);
        vm.recordLogs();
        market.poke(projectId);
        // Who gave nothing is not said to have forfeited.
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 forfeits;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ITrainingMarket.BondForfeited.selector) ++forfeits;
        }
        assertEq(forfeits, 1);

        assertEq(market.getTrainer(projectId, _trainer(0)).earnedWei, 100 ether);
        assertEq(market.getProject(projectId).bondsWei[0], 200 ether);
        assertEq(market.getProject(projectId).bondsWei[1], 500 ether);
    }

    /// @dev An owner with identities among the trainers could otherwise raise, for a moment, what a missed turn costs an aggregator.
    function test_forfeit_budgetAddedLater_takesNoMoreOfABond() public {
        ProjectTerms memory terms = _terms();
        terms.budgetPerRoundWei = 3 ether;
        uint256[2] memory projectIds = [_ready(terms, 3), _ready(terms, 3)];
        for (uint256 i = 0; i < 2; ++i) {
            _openAndSubmit(projectIds[i], 3);
            token.mint(third, 3000 ether);
            vm.startPrank(third);
            token.approve(address(vault), 3000 ether);
            market.addBudget(projectIds[i], 3000 ether);
            vm.stopPrank();
        }
        assertEq(market.getRound(projectIds[0]).budgetWei, 1003 ether);

        vm.warp(START + 350);
        _settle(projectIds[1], standby);
        assertEq(market.getProject(projectIds[1]).bondsWei[0], 497 ether);
        vm.warp(START + 850);
        market.poke(projectIds[0]);

        assertEq(market.getTrainer(projectIds[0], _trainer(0)).earnedWei, 1 ether);
        assertEq(market.getProject(projectIds[0]).bondsWei[0], 497 ether);
        assertEq(market.getProject(projectIds[0]).bondsWei[1], 500 ether);
        _assertSolvent();
    }

    function test_open_afterForfeit_needsTheBondAgain() public {
        ProjectTerms memory terms = _terms();
        terms.aggregators = [primary, address(0), address(0)];
        uint256 projectId = _ready(terms, 3);
        _openAndSubmit(projectId, 3);
        vm.warp(START + 550);
        market.poke(projectId);
        vm.expectPartialRevert(ITrainingMarket.MarketBondMissing.selector);
        this.openAs(projectId, primary);

        _bond(projectId, primary);
        _open(projectId, primary);
        assertTrue(market.getRound(projectId).isOpen);
    }

    function test_poke_attemptsUsedUp_ends() public {
        ProjectTerms memory terms = _terms();
        terms.rounds = 1;
        terms.extraRounds = 1;
        uint256 projectId = _ready(terms, 4);
        for (uint256 attempt = 0; attempt < 2; ++attempt) {
            _openAndSubmit(projectId, 2);
            _closeCommit(projectId);
            if (attempt == 1) {
                vm.expectEmit(address(market));
                emit ITrainingMarket.ProjectEnded(projectId, EndReason.AttemptsUsedUp, 1002 ether);
            }
            market.poke(projectId);
        }
        assertEq(token.balanceOf(address(vault)), 0);
    }

    function test_settle_lastRoundOfTheTerms_endsThoughAttemptsAreLeft() public {
        ProjectTerms memory terms = _terms();
        terms.rounds = 1;
        terms.extraRounds = 1;
        uint256 projectId = _ready(terms, 4);
        _openAndSubmit(projectId, 4);
        _closeCommit(projectId);
        _settle(projectId, primary);

        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
        assertEq(token.balanceOf(address(vault)), 0);
    }

    function test_end_leavesNothingBehind() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 350);
        _settle(projectId, standby);
        vm.warp(block.timestamp + 2000);
        market.poke(projectId);

        ProjectView memory project = market.getProject(projectId);
        assertEq(uint256(project.phase), uint256(RoundPhase.Ended));
        assertEq(project.rewardLeftWei, 0);
        assertEq(project.escrowWei, 0);
        assertEq(project.occupiedMask, 0);
        assertEq(project.rosterMask, 0);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(project.bondsWei[i], 0);
            assertEq(project.aggregatorsEarnedWei[i], 0);
        }
        assertEq(market.getTrainers(projectId, 0, 40).length, 0);
    }

    // --- The standby ---

    function test_standby_beforeItsTurn_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlement(projectId);
        vm.warp(START + 349);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotYourWindow.selector, standby, START + 350));
        vm.prank(standby);
        market.settleRound(request);
        vm.warp(START + 350);
        vm.prank(standby);
        market.settleRound(request);
    }

    function test_standby_settles_takesHalfTheForfeitAndTheProject() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 350);
        uint256 payWei = 25 ether + (900 ether * uint256(16383)) / 65535;

        vm.expectEmit(address(market));
        emit ITrainingMarket.BondForfeited(projectId, 0, primary, 250 ether, 250 ether);
        vm.expectEmit(address(market));
        emit ITrainingMarket.AggregatorChanged(projectId, standby, 1);
        _settle(projectId, standby);

        assertEq(token.balanceOf(standby), 251 ether);
        assertEq(token.balanceOf(_payout(_trainer(0))), payWei + 62.5 ether);
        assertEq(market.getProject(projectId).bondsWei[0], 0);
        assertEq(market.getProject(projectId).bondsWei[1], 500 ether);
        _assertSolvent();
    }

    function test_standby_withTheLatePrimarysProof_settlesNothing() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 350);
        verifier.bindTo(primary);
        // As it lies in the primary's transaction, which is on its way.
        SettleRound memory request = _settlement(projectId);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(ITrainingMarket.settleRound, (request));
        bytes memory refusal = abi.encodeWithSelector(
            ScriptedVerifier.ScriptedVerifierMadeForAnother.selector,
            primary,
            standby
        );

        vm.expectRevert(refusal);
        vm.prank(standby);
        market.settleRound(request);
        vm.expectRevert(refusal);
        vm.prank(standby);
        market.multicall(calls);

        assertEq(market.getProject(projectId).bondsWei[0], 500 ether);
        // Whose it is settles with it, through `multicall` too.
        vm.prank(primary);
        market.multicall(calls);
        assertEq(market.getProject(projectId).appliedRounds, 1);
        assertEq(market.getProject(projectId).aggregatorIndex, 0);
    }

    function test_primary_settlesLate_forfeitsToTheTrainersOnly() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 350);

        vm.expectEmit(address(market));
        emit ITrainingMarket.BondForfeited(projectId, 0, primary, 0, 500 ether);
        _settle(projectId, primary);

        assertEq(token.balanceOf(primary), 1 ether);
        assertEq(market.getProject(projectId).aggregatorIndex, 0);
        assertGt(token.balanceOf(_payout(_trainer(0))), 350 ether);
    }

    function test_primary_lastSecondOfItsTurn_forfeitsNothing() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 349);
        vm.recordLogs();
        _settle(projectId, primary);
        assertEq(market.getProject(projectId).bondsWei[0], 500 ether);
        // Nor is anybody said to have taken charge who is in charge.
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            assertTrue(logs[i].topics[0] != ITrainingMarket.AggregatorChanged.selector);
        }
    }

    function test_standby_voidRound_forfeitStillMoves() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 350);
        _settleWith(projectId, standby, _verdicts(AGAINST_REFERENCE));
        // A missed deadline is nobody's choice but the primary's, whatever the rule found.
        assertEq(market.getTrainer(projectId, _trainer(0)).earnedWei, 62.5 ether);
        assertEq(market.getTrainer(projectId, _trainer(0)).reliability, 32768);
        assertEq(market.getProject(projectId).bondsWei[0], 0);
        _assertSolvent();
    }

    function test_standby_forfeitThatDoesNotDivide_leavesTheRestInTheBudget() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        vm.warp(START + 350);
        _settleWith(projectId, standby, _verdicts(AGAINST_REFERENCE));

        // A void round pays nothing of its budget: the third part of 250 is all that anybody gets, and one wei is left over.
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(market.getTrainer(projectId, _trainer(i)).earnedWei, uint256(250 ether) / 3);
        }
        assertEq(market.getProject(projectId).rewardLeftWei, 3000 ether + 1);
        _assertSolvent();
    }

    function test_third_settles_bothBeforeForfeitUpToTheBudget() public {
        ProjectTerms memory terms = _terms();
        terms.aggregators = [primary, standby, third];
        terms.budgetPerRoundWei = 600 ether;
        uint256 projectId = _ready(terms, 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 250 + 600);

        vm.expectEmit(address(market));
        emit ITrainingMarket.BondForfeited(projectId, 0, primary, 250 ether, 250 ether);
        vm.expectEmit(address(market));
        emit ITrainingMarket.BondForfeited(projectId, 0, standby, 50 ether, 50 ether);
        _settle(projectId, third);

        assertEq(token.balanceOf(third), 301 ether);
        assertEq(market.getProject(projectId).aggregatorIndex, 2);
    }

    function test_third_inCharge_isFollowedByThePrimaryAndThenTheStandby() public {
        ProjectTerms memory terms = _terms();
        terms.aggregators = [primary, standby, third];
        uint256 projectId = _ready(terms, 4);
        vm.warp(START + 1200);
        _open(projectId, third);
        for (uint256 i = 0; i < 4; ++i) {
            _submit(projectId, _trainer(i));
        }
        SettleRound memory request = _settlement(projectId);
        // The reveal phase, the third's turn, the primary's.
        vm.warp(START + 1250 + 599);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotYourWindow.selector, standby, START + 1850));
        vm.prank(standby);
        market.settleRound(request);
        _settle(projectId, third);

        vm.warp(START + 1849 + 199);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotYourWindow.selector, standby, START + 2049));
        this.openAs(projectId, standby);
        _open(projectId, primary);
        assertEq(market.getProject(projectId).aggregatorIndex, 0);
    }

    // --- Giving up for somebody else's fault ---

    function test_abandon_inTurn_voidsWithoutForfeit() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);

        vm.expectEmit(address(market));
        emit ITrainingMarket.RoundVoided(projectId, 0, VoidReason.Abandoned, 2);
        vm.prank(primary);
        market.abandonRound(projectId, 0, 2);

        _assertUntouched(projectId, 4);
        assertEq(market.getProject(projectId).bondsWei[0], 500 ether);
        assertEq(market.getProject(projectId).consecutiveAbandons, 1);
        assertEq(market.getProject(projectId).aggregatorIndex, 0);
    }

    function test_abandon_twiceInARow_passesTheProjectOn() public {
        uint256 projectId = _ready(_terms(), 4);
        for (uint256 i = 0; i < 2; ++i) {
            _openAndSubmit(projectId, 4);
            vm.prank(primary);
            market.abandonRound(projectId, i, 1);
        }
        assertEq(market.getProject(projectId).aggregatorIndex, 1);
        assertEq(market.getProject(projectId).consecutiveAbandons, 0);
    }

    function test_abandon_settledBetween_startsCountingAgain() public {
        ProjectTerms memory terms = _terms();
        terms.rounds = 4;
        uint256 projectId = _ready(terms, 4);
        for (uint256 i = 0; i < 4; ++i) {
            _openAndSubmit(projectId, 4);
            if (i % 2 == 1) {
                _settle(projectId, primary);
            } else {
                vm.prank(primary);
                market.abandonRound(projectId, i, 1);
            }
        }
        assertEq(market.getProject(projectId).aggregatorIndex, 0);
    }

    function test_abandon_outOfTurn_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotYourWindow.selector, standby, START + 350));
        vm.prank(standby);
        market.abandonRound(projectId, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAnAggregator.selector, third));
        vm.prank(third);
        market.abandonRound(projectId, 0, 1);

        // A late primary must not void what the standby is about to settle.
        vm.warp(START + 350);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotYourWindow.selector, primary, 0));
        vm.prank(primary);
        market.abandonRound(projectId, 0, 1);
    }

    function test_abandon_byTheStandby_doesNotExcuseThePrimary() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 350);
        vm.prank(standby);
        market.abandonRound(projectId, 0, 1);

        assertEq(market.getProject(projectId).bondsWei[0], 0);
        assertEq(market.getProject(projectId).bondsWei[1], 500 ether);
        assertEq(market.getTrainer(projectId, _trainer(0)).earnedWei, 125 ether);
        assertEq(market.getProject(projectId).aggregatorIndex, 1);
    }

    function test_abandon_duringCommit_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 3);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITrainingMarket.MarketWrongPhase.selector,
                projectId,
                RoundPhase.Settle,
                RoundPhase.Commit
            )
        );
        vm.prank(primary);
        market.abandonRound(projectId, 0, 1);
    }

    // --- Those who only take places ---

    /// @dev When nobody else wants the places: they stop a project, and it costs nobody anything. Who does want them takes them:
    /// `TrainingMarket.idle.t.sol`.
    function test_squatters_whomNobodyReplaces_costTheProjectItsAttemptsAndNobodyMoney() public {
        ProjectTerms memory terms = _terms();
        terms.rounds = 1;
        terms.extraRounds = 1;
        uint256 projectId = _ready(terms, 40);

        for (uint256 attempt = 0; attempt < 2; ++attempt) {
            _openAndSubmit(projectId, 0);
            _closeCommit(projectId);
            market.poke(projectId);
        }

        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
        assertEq(token.balanceOf(owner), 1002 ether);
        assertEq(token.balanceOf(primary), 500 ether);
        assertEq(token.balanceOf(_payout(_trainer(39))), 10 ether);
        assertEq(registry.reliabilityOf(_trainer(39)), 32768);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    /// @dev **Not prevented**: what is proven in a project of one's own, paid in a token of one's own, is proven. Reliability costs the
    /// gas of a round, not the work that others think of.
    function test_reliability_madeInOnesOwnProject_opensEveryOther() public {
        uint256 ownId = _ready(_terms(), 3);
        _openAndSubmit(ownId, 3);
        _settle(ownId, primary);
        vm.prank(_trainer(0));
        market.leaveProject(ownId);

        ProjectTerms memory terms = _terms();
        terms.minReliability = 32769;
        uint256 projectId = _post(terms);
        _join(projectId, _trainer(0), terms.stakeWei);

        assertGt(market.getTrainer(projectId, _trainer(0)).reliability, 34000);
    }

    function test_squatters_belowTheTermsReliability_stayOutside() public {
        ProjectTerms memory terms = _terms();
        terms.minReliability = 32769;
        uint256 projectId = _post(terms);
        _register(_trainer(0));
        vm.prank(address(market));
        registry.recordReliability(_trainer(0), 0, 32768, 40000);
        _join(projectId, _trainer(0), 10 ether);

        _register(_trainer(1));
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotReliable.selector, _trainer(1), 32769, 32768));
        vm.prank(_trainer(1));
        market.joinProject(projectId, 10 ether);
    }

    // --- The malicious owner ---

    function test_owner_stopsAtTheWorstMoment_roundStillPays() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 349);
        vm.prank(owner);
        market.announceStop(projectId);
        vm.warp(START + 350);
        _settle(projectId, standby);

        uint256 payWei = 25 ether + (900 ether * uint256(16383)) / 65535;
        assertEq(token.balanceOf(_payout(_trainer(0))), payWei + 62.5 ether + 10 ether);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    function test_owner_invertedReference_gainsNothingAndHarmsNobodysStake() public {
        uint256 projectId = _ready(_terms(), 5);
        // Two identities of the owner are accepted, three honest trainers are not: fewer than half, so the round is void.
        _openAndSubmit(projectId, 5);
        uint8[] memory verdicts = _verdicts(AGAINST_REFERENCE);
        verdicts[0] = ACCEPTED;
        verdicts[1] = ACCEPTED;
        _settleWith(projectId, primary, verdicts);

        _assertUntouched(projectId, 5);
        assertEq(market.getProject(projectId).rewardLeftWei, 3000 ether);
    }

    function test_owner_referenceThatRejectsALittleLessThanHalf_costsThemPayAndAStrikeOnly() public {
        uint256 projectId = _ready(_terms(), 5);
        _openAndSubmit(projectId, 5);
        uint8[] memory verdicts = _verdicts(ACCEPTED);
        verdicts[3] = AGAINST_REFERENCE;
        verdicts[4] = AGAINST_REFERENCE;
        _settleWith(projectId, primary, verdicts);

        for (uint256 i = 3; i < 5; ++i) {
            TrainerView memory trainer = market.getTrainer(projectId, _trainer(i));
            assertEq(trainer.stakeWei, 10 ether);
            assertEq(trainer.strikes, 1);
            assertEq(trainer.reliability, 30720);
        }
        // The owner's own identities cannot take more than everything that the round pays, cap by cap.
        for (uint256 i = 0; i < 3; ++i) {
            assertLe(token.balanceOf(_payout(_trainer(i))), 500 ether);
        }
        assertEq(token.balanceOf(BURN_ADDRESS), 0);
    }

    function test_owner_disappears_everybodyIsStillPaid() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        _settle(projectId, primary);
        vm.warp(block.timestamp + 200);
        market.poke(projectId);

        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
        assertGt(token.balanceOf(_payout(_trainer(0))), 310 ether);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    /// @dev For expectRevert: one call.
    function openAs(uint256 projectId, address aggregator) external {
        _open(projectId, aggregator);
    }

    function _nothingToDo(uint256 projectId, RoundPhase phase, uint256 endsAt) private {
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNothingToDo.selector, projectId, phase, endsAt));
        market.poke(projectId);
    }

    function _assertUntouched(uint256 projectId, uint256 trainers) private {
        for (uint256 i = 0; i < trainers; ++i) {
            TrainerView memory trainer = market.getTrainer(projectId, _trainer(i));
            assertEq(trainer.reliability, 32768);
            assertEq(trainer.strikes, 0);
            assertEq(trainer.stakeWei, 10 ether);
            assertEq(trainer.earnedWei, 0);
        }
        _assertSolvent();
    }
}
