// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {Reliability} from "../../contracts/libraries/Reliability.sol";
import {RosterMask} from "../../contracts/libraries/RosterMask.sol";
import {Sampling} from "../../contracts/libraries/Sampling.sol";
import {RoundView, TrainerStatus, TrainerView} from "../../contracts/types/MarketViews.sol";
import {ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title Trainers that send nothing, and who may have their places
contract TrainingMarketIdleTest is MarketFixture {
    using RosterMask for uint256;

    uint256 private constant ALL = (1 << 40) - 1;

    // --- What is counted ---

    function test_missed_roundsThatGoOn_countOneByOneAndASubmissionEndsIt() public {
        ProjectTerms memory terms = _terms();
        terms.rounds = 6;
        uint256 projectId = _ready(terms, 4);
        uint256[6] memory during = [uint256(0), 1, 2, 3, 3, 0];
        uint256[6] memory afterwards = [uint256(1), 2, 3, 3, 0, 1];
        for (uint256 round = 0; round < 5; ++round) {
            _openAndSubmit(projectId, round == 4 ? 4 : 3);
            // While somebody may still submit, nothing is missed.
            if (round != 4) assertEq(_missed(projectId, 3), during[round]);
            _closeCommit(projectId);
            assertEq(_missed(projectId, 3), afterwards[round]);
            _settle(projectId, primary);
            assertEq(_missed(projectId, 3), afterwards[round]);
        }
        _open(projectId, primary);
        assertEq(_missed(projectId, 3), during[5]);
        assertEq(_missed(projectId, 0), 0);
    }

    function test_missed_submissionAfterTwo_isForgottenForGood() public {
        ProjectTerms memory terms = _terms();
        terms.rounds = 6;
        uint256 projectId = _ready(terms, 4);
        for (uint256 round = 0; round < 3; ++round) {
            _openAndSubmit(projectId, round == 2 ? 4 : 3);
            _closeCommit(projectId);
            _settle(projectId, primary);
        }
        assertEq(_missed(projectId, 3), 0);
        // Nor does the count of two come back when the round that ended it is not in storage any more.
        _open(projectId, primary);
        assertEq(_missed(projectId, 3), 0);
    }

    function test_missed_roundThatTooFewSubmittedTo_countsAsThree() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 2);
        assertEq(_missed(projectId, 3), 0);
        _closeCommit(projectId);
        assertEq(_missed(projectId, 3), 3);
        market.poke(projectId);

        for (uint256 i = 0; i < 4; ++i) {
            assertEq(_missed(projectId, i), i < 2 ? 0 : 3);
        }
        // It stays when the next round has taken the last one's place in storage.
        _open(projectId, primary);
        assertEq(_missed(projectId, 3), 3);
        assertEq(_missed(projectId, 1), 0);
    }

    function test_missed_whoWasNotDrawn_keepsItsCount() public {
        uint256 projectId = _ready(_terms(), 12);
        uint256 idle;
        for (uint256 round = 0; round < 2; ++round) {
            _open(projectId, primary);
            idle |= market.getRound(projectId).eligibleMask;
            _closeCommit(projectId);
            market.poke(projectId);
            for (uint256 i = 0; i < 12; ++i) {
                assertEq(_missed(projectId, i), idle.has(i) ? 3 : 0);
            }
        }
        assertLt(idle, ALL >> 28);
    }

    function test_draw_whoIsIdle_weighsTheLeast() public {
        ProjectTerms memory terms = _terms();
        terms.extraRounds = 20;
        uint256 projectId = _ready(terms, 12);
        for (uint256 round = 0; round < 6; ++round) {
            uint256[] memory reliabilities = new uint256[](40);
            for (uint256 i = 0; i < 12; ++i) {
                reliabilities[i] = _missed(projectId, i) == 3 ? 0 : 32768;
            }
            vm.prevrandao(bytes32(round));
            _open(projectId, primary);
            assertEq(
                market.getRound(projectId).eligibleMask,
                Sampling.draw((1 << 12) - 1, reliabilities, 5, round, projectId, round)
            );
            _closeCommit(projectId);
            market.poke(projectId);
        }
    }

    function test_draw_whoMissedOnce_weighsAsBefore() public {
        uint256 projectId = _ready(_terms(), 12);
        uint256[] memory reliabilities = new uint256[](40);
        for (uint256 i = 0; i < 12; ++i) {
            reliabilities[i] = 32768;
        }
        for (uint256 round = 0; round < 3; ++round) {
            vm.prevrandao(bytes32(round));
            _open(projectId, primary);
            uint256 eligible = market.getRound(projectId).eligibleMask;
            assertEq(eligible, Sampling.draw((1 << 12) - 1, reliabilities, 5, round, projectId, round));
            // Void, so that nobody's reliability moves.
            for (uint256 i = 0; submitters.length < 3; ++i) {
                if (eligible.has(i)) _submit(projectId, _trainer(i));
            }
            _closeCommit(projectId);
            _settleWith(projectId, primary, _verdicts(AGAINST_REFERENCE));
        }
    }

    function test_draw_weighsByWhatTimeHasLeftOfReliability() public {
        ProjectTerms memory terms = _terms();
        terms.joinSeconds = 60 days;
        uint256[] memory reliabilities = new uint256[](40);
        for (uint256 i = 0; i < 12; ++i) {
            vm.mockCall(
                address(registry),
                abi.encodeCall(IParticipantRegistry.reliabilityOf, (_trainer(i))),
                abi.encode(i * 5000)
            );
            reliabilities[i] = Reliability.afterTime(i * 5000, 50 days);
        }
        for (uint256 seed = 0; seed < 6; ++seed) {
            uint256 projectId = _ready(terms, 12);
            vm.warp(START + (seed + 1) * 50 days);
            vm.prevrandao(bytes32(seed));
            _open(projectId, primary);
            assertEq(
                market.getRound(projectId).eligibleMask,
                Sampling.draw((1 << 12) - 1, reliabilities, 5, seed, projectId, 0)
            );
        }
    }

    // --- Who may be released ---

    function test_release_idleInAFullRoster_paysItAndSaysSo() public {
        uint256 projectId = _fullOfSquatters();
        _loseRound(projectId);
        (address squatter, uint256 place) = _anIdle(projectId);

        vm.expectEmit(address(market));
        emit ITrainingMarket.TrainerReleased(projectId, squatter, third);
        vm.expectEmit(address(market));
        emit ITrainingMarket.TrainerLeft(projectId, squatter, 10 ether, 32768);
        vm.prank(third);
        market.releaseTrainer(projectId, squatter);

        TrainerView memory view_ = market.getTrainer(projectId, squatter);
        assertEq(uint256(view_.status), uint256(TrainerStatus.Released));
        assertEq(view_.missedRounds, 0);
        assertEq(view_.stakeWei, 0);
        assertEq(token.balanceOf(_payout(squatter)), 10 ether);
        assertEq(registry.reliabilityOf(squatter), 32768);
        assertEq(market.getProject(projectId).occupiedMask, ALL & ~(1 << place));
        assertEq(market.getProject(projectId).rosterMask, ALL & ~(1 << place));
        _assertSolvent();
    }

    function test_release_idleWhileAPlaceIsFree_reverts() public {
        uint256 projectId = _fullOfSquatters();
        _loseRound(projectId);
        (address squatter, ) = _anIdle(projectId);
        market.releaseTrainer(projectId, squatter);

        // Nobody empties a roster: the place that is free has to be taken first.
        (address next, ) = _anIdle(projectId);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTrainerNotIdle.selector, next, 3, 1));
        market.releaseTrainer(projectId, next);
    }

    function test_release_whoWasNeverDrawn_reverts() public {
        uint256 projectId = _fullOfSquatters();
        _open(projectId, primary);
        uint256 place = (market.getRound(projectId).eligibleMask).firstFree();
        _closeCommit(projectId);
        market.poke(projectId);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTrainerNotIdle.selector, _trainer(place), 0, 0));
        market.releaseTrainer(projectId, _trainer(place));
    }

    function test_release_missedTwice_revertsUntilTheThirdTime() public {
        uint256 projectId = _fullOfSquatters();
        bool[4] memory wasSeen;
        for (uint256 round = 0; round < 4; ++round) {
            _open(projectId, primary);
            uint256 eligible = market.getRound(projectId).eligibleMask;
            // The first three that are drawn keep the project going.
            for (uint256 i = 0; submitters.length < 3; ++i) {
                if (eligible.has(i)) _submit(projectId, _trainer(i));
            }
            _closeCommit(projectId);
            _settle(projectId, primary);
            for (uint256 i = 0; i < 40; ++i) {
                uint256 missed = _missed(projectId, i);
                wasSeen[missed] = true;
                if (missed == 3) continue;
                vm.expectRevert(
                    abi.encodeWithSelector(ITrainingMarket.MarketTrainerNotIdle.selector, _trainer(i), missed, 0)
                );
                market.releaseTrainer(projectId, _trainer(i));
            }
        }
        assertTrue(wasSeen[0] && wasSeen[1] && wasSeen[2] && wasSeen[3]);
        (address idle, ) = _anIdle(projectId);
        market.releaseTrainer(projectId, idle);
    }

    function test_release_idleInTheOpenRound_waitsForItsEnd() public {
        uint256 projectId = _fullOfSquatters();
        _loseRound(projectId);
        _open(projectId, primary);
        uint256 eligible = market.getRound(projectId).eligibleMask;
        uint256 inRound = 40;
        uint256 outside = 40;
        for (uint256 i = 0; i < 40; ++i) {
            if (_missed(projectId, i) != 3) continue;
            if (eligible.has(i)) inRound = i;
            else outside = i;
        }

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTrainerInRound.selector, _trainer(inRound), 1));
        market.releaseTrainer(projectId, _trainer(inRound));
        // Nor once nobody can submit any more: the round has to be over.
        _closeCommit(projectId);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTrainerInRound.selector, _trainer(inRound), 1));
        market.releaseTrainer(projectId, _trainer(inRound));

        // Whoever is not in it can be released at once: an aggregator that opens in the same breath protects nobody for ever.
        _takePlace(projectId, makeAddr("honest"), _trainer(outside), false);
        assertEq(_missedBy(projectId, makeAddr("honest")), 0);
    }

    // --- Who takes the place ---

    function test_join_overAnIdlePlace_inOneTransaction() public {
        uint256 projectId = _fullOfSquatters();
        _open(projectId, primary);
        _closeCommit(projectId);
        (address squatter, uint256 place) = _anIdle(projectId);
        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Expired));

        address honest = makeAddr("honest");
        _takePlace(projectId, honest, squatter, true);

        TrainerView memory view_ = market.getTrainer(projectId, honest);
        assertEq(uint256(view_.status), uint256(TrainerStatus.Active));
        assertEq(view_.rosterIndex, place);
        assertEq(market.getProject(projectId).occupiedMask, ALL);
        assertEq(token.balanceOf(_payout(squatter)), 10 ether);
        _assertSolvent();
    }

    function test_join_placeOfAnIdle_inheritsNothing() public {
        uint256 projectId = _fullOfSquatters();
        _loseRound(projectId);
        (address squatter, ) = _anIdle(projectId);
        address honest = makeAddr("honest");
        // The round that was lost is still in storage, and is counted only when the next one opens.
        _takePlace(projectId, honest, squatter, false);
        assertEq(_missedBy(projectId, honest), 0);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTrainerNotIdle.selector, honest, 0, 0));
        market.releaseTrainer(projectId, honest);

        _open(projectId, primary);
        assertEq(_missedBy(projectId, honest), 0);
    }

    function test_join_placeOfSomebodyWhoLeft_inheritsNothing() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 2);
        _closeCommit(projectId);
        market.poke(projectId);
        _openAndSubmit(projectId, 2);
        _closeCommit(projectId);
        assertEq(_missed(projectId, 3), 3);
        vm.prank(_trainer(3));
        market.leaveProject(projectId);
        market.poke(projectId);
        market.releaseTrainer(projectId, _trainer(3));

        _join(projectId, _trainer(4), 10 ether);
        assertEq(market.getTrainer(projectId, _trainer(4)).rosterIndex, 3);
        assertEq(_missed(projectId, 4), 0);
        _open(projectId, primary);
        assertEq(_missed(projectId, 4), 0);
    }

    function test_released_comesBackWithItsStrikes() public {
        uint256 projectId = _fullOfSquatters();
        address trainer = _strikeTheFirst(projectId);
        assertEq(market.getTrainer(projectId, trainer).strikes, 1);
        for (uint256 i = 0; _missedBy(projectId, trainer) != 3 && i < 6; ++i) {
            _loseRound(projectId);
        }
        _takePlace(projectId, makeAddr("honest"), trainer, false);
        uint256 reliability = registry.reliabilityOf(trainer);
        assertTrue(reliability >= 30720 && reliability < 30730);

        (address squatter, ) = _anIdle(projectId);
        _takePlace(projectId, trainer, squatter, false);
        TrainerView memory view_ = market.getTrainer(projectId, trainer);
        assertEq(uint256(view_.status), uint256(TrainerStatus.Active));
        assertEq(view_.strikes, 1);
        assertEq(view_.reliability, reliability);
        assertEq(view_.stakeWei, 10 ether);
        _assertSolvent();
    }

    function test_released_speaksForNobodyAndHasNothingLeft() public {
        uint256 projectId = _fullOfSquatters();
        _loseRound(projectId);
        address squatter;
        address honest;
        for (uint256 i = 0; i < 29; ++i) {
            (squatter, ) = _anIdle(projectId);
            honest = makeAddr(string.concat("honest ", vm.toString(i)));
            _takePlace(projectId, honest, squatter, false);
        }
        _open(projectId, primary);
        while (!market.getRound(projectId).eligibleMask.has(market.getTrainer(projectId, honest).rosterIndex)) {
            _closeCommit(projectId);
            market.poke(projectId);
            _open(projectId, primary);
        }
        vm.expectRevert(
            abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, squatter, _round(projectId))
        );
        this.submitAs(projectId, squatter);
        _submit(projectId, honest);
        for (uint256 i = 0; i < 28; ++i) {
            address other = makeAddr(string.concat("honest ", vm.toString(i)));
            if (market.getRound(projectId).pendingMask.has(market.getTrainer(projectId, other).rosterIndex))
                _submit(projectId, other);
        }
        _closeCommit(projectId);

        vm.expectRevert(
            abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, squatter, _round(projectId))
        );
        this.revealAs(projectId, squatter);
        vm.expectRevert(
            abi.encodeWithSelector(ITrainingMarket.MarketNotATrainer.selector, squatter, TrainerStatus.Released)
        );
        market.releaseTrainer(projectId, squatter);
        vm.expectRevert(
            abi.encodeWithSelector(ITrainingMarket.MarketNotATrainer.selector, squatter, TrainerStatus.Released)
        );
        vm.prank(squatter);
        market.leaveProject(projectId);
    }

    // --- The whole attack ---

    function test_squatters_ofAllPlaces_loseThemAndTheProjectGoesOn() public {
        uint256 projectId = _fullOfSquatters();
        address[] memory honest = new address[](29);
        for (uint256 i = 0; i < 29; ++i) {
            honest[i] = makeAddr(string.concat("honest ", vm.toString(i)));
        }
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketRosterFull.selector, projectId, 40));
        this.joinAs(projectId, honest[0]);

        // One lost round, whose end the first of them brings about; then everybody who was drawn for it is replaced.
        _open(projectId, primary);
        _closeCommit(projectId);
        for (uint256 i = 0; i < 29; ++i) {
            (address squatter, ) = _anIdle(projectId);
            _takePlace(projectId, honest[i], squatter, i == 0);
            assertEq(token.balanceOf(_payout(squatter)), 10 ether);
            assertEq(registry.reliabilityOf(squatter), 32768);
        }
        _open(projectId, primary);
        RoundView memory round = market.getRound(projectId);
        for (uint256 i = 0; i < 29; ++i) {
            if (round.eligibleMask.has(market.getTrainer(projectId, honest[i]).rosterIndex)) {
                _submit(projectId, honest[i]);
            }
        }
        assertGt(submitters.length, 17);
        _closeCommit(projectId);
        _settle(projectId, primary);

        assertEq(market.getProject(projectId).appliedRounds, 1);
        assertGt(token.balanceOf(_payout(submitters[0])), 20 ether);
        _assertSolvent();
    }

    // --- For expectRevert: one call ---

    function joinAs(uint256 projectId, address trainer) external {
        _join(projectId, trainer, 10 ether);
    }

    function submitAs(uint256 projectId, address trainer) external {
        _submit(projectId, trainer);
    }

    function revealAs(uint256 projectId, address trainer) external {
        uint256 roundIndex = _round(projectId);
        vm.prank(trainer);
        market.revealKey(projectId, roundIndex, false, "sealed");
    }

    // --- Scenes ---

    /// @dev Forty trainers, of whom 29 fit into a round.
    function _fullOfSquatters() private returns (uint256 projectId) {
        ProjectTerms memory terms = _terms();
        terms.slots = 32;
        terms.maxTrainers = 29;
        terms.rounds = 6;
        terms.extraRounds = 6;
        projectId = _ready(terms, 40);
    }

    function _loseRound(uint256 projectId) private {
        _open(projectId, primary);
        _closeCommit(projectId);
        market.poke(projectId);
    }

    /// @dev A round in which all submit, and the first is rejected.
    function _strikeTheFirst(uint256 projectId) private returns (address trainer) {
        _open(projectId, primary);
        uint256 eligible = market.getRound(projectId).eligibleMask;
        for (uint256 i = 0; i < 40; ++i) {
            if (eligible.has(i)) _submit(projectId, _trainer(i));
        }
        trainer = submitters[0];
        _settleWith(projectId, primary, _verdictsBut(0, AGAINST_REFERENCE));
    }

    function _anIdle(uint256 projectId) private view returns (address trainer, uint256 place) {
        TrainerView[] memory trainers = market.getTrainers(projectId, 0, 40);
        // From the last: the bit of place 0 is the same however it is shifted.
        for (uint256 i = trainers.length; i-- > 0;) {
            if (trainers[i].missedRounds == 3) return (trainers[i].trainer, trainers[i].rosterIndex);
        }
        revert("nobody is idle");
    }

    function _takePlace(uint256 projectId, address newcomer, address idle, bool isPoked) private {
        _register(newcomer);
        _fund(newcomer, 10 ether);
        bytes[] memory calls = new bytes[](isPoked ? 3 : 2);
        uint256 count;
        if (isPoked) calls[count++] = abi.encodeCall(market.poke, (projectId));
        calls[count++] = abi.encodeCall(market.releaseTrainer, (projectId, idle));
        calls[count] = abi.encodeCall(market.joinProject, (projectId, 10 ether));
        vm.prank(newcomer);
        market.multicall(calls);
    }

    function _round(uint256 projectId) private view returns (uint256) {
        return market.getRound(projectId).roundIndex;
    }

    function _missed(uint256 projectId, uint256 i) private returns (uint256) {
        return _missedBy(projectId, _trainer(i));
    }

    function _missedBy(uint256 projectId, address trainer) private view returns (uint256) {
        return market.getTrainer(projectId, trainer).missedRounds;
    }
}
