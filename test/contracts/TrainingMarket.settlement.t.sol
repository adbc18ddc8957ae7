// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {IRoundVerifier} from "../../contracts/interfaces/IRoundVerifier.sol";
import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {Exclusions} from "../../contracts/libraries/Exclusions.sol";
import {G1} from "../../contracts/types/G1.sol";
import {ProjectView, TrainerStatus, TrainerView, VoidReason} from "../../contracts/types/MarketViews.sol";
import {BaseWeightKind, ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {SettleRound} from "../../contracts/types/RoundRequests.sol";
import {RoundStatement} from "../../contracts/types/RoundStatement.sol";
import {ScriptedVerifier} from "./mocks/ScriptedVerifier.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title Settling rounds: what moves, what does not, and for whom
contract TrainingMarketSettlementTest is MarketFixture {
    // --- What is paid ---

    function test_settle_accepted_paysFlatPartAndShares() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlement(projectId);
        uint256 eachWei = 25 ether + (900 ether * uint256(16383)) / 65535;
        uint256[] memory credits = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) {
            credits[i] = (uint256(uint160(submitters[i])) << 96) | eachWei;
        }

        vm.expectEmit(address(market));
        emit ITrainingMarket.RoundSettled(
            projectId,
            0,
            primary,
            1000 ether,
            4 * eachWei,
            request.proof.outcomeWords,
            credits
        );
        vm.prank(primary);
        market.settleRound(request);

        assertEq(token.balanceOf(_payout(_trainer(3))), eachWei);
        assertEq(token.balanceOf(primary), 1 ether);
        // What was not paid stays in the budget, for the rounds left.
        assertEq(market.getProject(projectId).rewardLeftWei, 3000 ether - 4 * eachWei);
        assertEq(market.getRound(projectId).budgetWei, (3000 ether - 4 * eachWei) / 2);
        _assertSolvent();
    }

    function test_settle_flatPart_isDividedAmongTheAccepted() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        SettleRound memory request = _settlement(projectId);
        request.proof.outcomeWords[0] = _bits(0, 30000, 512, 1) | _bits(1, 20000, 512, 1) | _bits(2, 0, 0, 6);
        vm.prank(primary);
        market.settleRound(request);

        assertEq(token.balanceOf(_payout(_trainer(0))), 50 ether + (900 ether * uint256(30000)) / 65535);
        assertEq(token.balanceOf(_payout(_trainer(1))), 50 ether + (900 ether * uint256(20000)) / 65535);
        assertEq(token.balanceOf(_payout(_trainer(2))), 0);
    }

    function test_settle_cap_bindsAndTheRestStays() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        SettleRound memory request = _settlement(projectId);
        request.proof.outcomeWords[0] = _bits(0, 65535, 1024, 1) | _bits(1, 0, 0, 6) | _bits(2, 0, 0, 5);
        vm.prank(primary);
        market.settleRound(request);

        assertEq(token.balanceOf(_payout(_trainer(0))), 500 ether);
        assertEq(token.balanceOf(_payout(_trainer(1))), 0);
        assertEq(market.getProject(projectId).rewardLeftWei, 2500 ether);
    }

    function test_settle_payEveryTwo_transfersEverySecondRound() public {
        ProjectTerms memory terms = _terms();
        terms.payEvery = 2;
        uint256 projectId = _ready(terms, 3);
        _openAndSubmit(projectId, 3);
        _settle(projectId, primary);
        assertEq(token.balanceOf(_payout(_trainer(0))), 0);
        assertEq(token.balanceOf(primary), 0);
        uint256 earnedWei = market.getTrainer(projectId, _trainer(0)).earnedWei;
        assertGt(earnedWei, 333 ether);

        _openAndSubmit(projectId, 3);
        _settle(projectId, primary);
        assertGt(token.balanceOf(_payout(_trainer(0))), 2 * 333 ether);
        assertEq(market.getTrainer(projectId, _trainer(0)).earnedWei, 0);
        assertEq(token.balanceOf(primary), 2 ether);
        _assertSolvent();
    }

    function test_settle_movesTheModelAndRemembersTheAggregate() public {
        uint256 projectId = _ready(_terms(), 3);
        G1 memory before = market.getProject(projectId).modelCommitment;
        _openAndSubmit(projectId, 3);

        G1 memory moved = _sum(before, _point(3000));
        vm.expectEmit(address(market));
        emit ITrainingMarket.ModelPublished(projectId, 1, 0, moved, CID);
        _settle(projectId, primary);

        ProjectView memory project = market.getProject(projectId);
        assertEq(project.modelCommitment.x, moved.x);
        assertEq(project.modelCommitment.y, moved.y);
        assertEq(project.aggregateCommitment.x, _point(3000).x);
        assertEq(project.aggregateCommitment.y, _point(3000).y);
        assertEq(project.appliedRounds, 1);
        assertEq(uint256(project.phase), uint256(RoundPhase.Idle));
    }

    function test_settle_withoutNewModel_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        SettleRound memory request = _settlement(projectId);
        request.newModelCid = "";
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 0));
    }

    // --- What is proven ---

    function test_settle_statement_comesFromStateAlone() public {
        ProjectTerms memory terms = _terms();
        terms.baseWeightKind = BaseWeightKind.BondedStake;
        terms.stakeWei = 1 ether;
        terms.fullWeightStakeWei = 1023 ether;
        uint256 projectId = _ready(terms, 0);
        for (uint256 i = 0; i < 4; ++i) {
            _join(projectId, _trainer(i), (i + 1) * 1 ether);
        }
        _openAndSubmit(projectId, 4);
        _settle(projectId, primary);
        _openAndSubmit(projectId, 4);
        vm.warp(block.timestamp + 50);
        SettleRound memory request = _settlementWithout(projectId, 1, Exclusions.KEY_NOT_RELEASED);

        RoundStatement memory statement;
        statement.market = address(market);
        statement.projectId = projectId;
        statement.roundIndex = 1;
        statement.aggregator = primary;
        statement.ruleId = 1;
        statement.slots = 8;
        statement.parameterCount = 1000;
        statement.modelCommitment = market.getProject(projectId).modelCommitment;
        statement.commitments = new G1[](8);
        statement.commitments[0] = request.referenceCommitment;
        statement.commitments[1] = request.payGradientCommitment;
        statement.commitments[2] = _point(3000);
        statement.commitments[3] = submitted[0];
        statement.commitments[5] = submitted[2];
        statement.commitments[6] = submitted[3];
        statement.termsWords = new uint256[](1);
        // active 0, 1, 2, 3, 5, 6; bound 2^40; weights 1, -, 3, 4
        statement.termsWords[0] = 0x6f | (1 << 72) | (1 << 96) | (3 << 116) | (uint256(4) << 126);
        vm.expectCall(address(verifier), abi.encodeCall(IRoundVerifier.requireProven, (statement, request.proof)));
        vm.prank(primary);
        market.settleRound(request);
    }

    function test_settle_withoutPayGradientAndFirstRound_slotsAreInactive() public {
        ProjectTerms memory terms = _terms();
        terms.usesPayGradient = false;
        uint256 projectId = _ready(terms, 3);
        _openAndSubmit(projectId, 3);
        // The scripted verifier refuses a point in an inactive slot and the other way round.
        _settle(projectId, primary);
        assertEq(market.getProject(projectId).appliedRounds, 1);
    }

    function test_settle_proofRefused_changesNothing() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        verifier.refuse(true);
        SettleRound memory request = _settlement(projectId);
        _refused(request, abi.encodeWithSelector(ScriptedVerifier.ScriptedVerifierRefused.selector));
        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Reveal));
    }

    function test_settle_otherCoordinateOfTheModel_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        SettleRound memory request = _settlement(projectId);
        uint256 x = market.getProject(projectId).modelCommitment.x;
        uint256 y = request.modelY;
        // The negative model has the same first coordinate.
        request.modelY = Bn254.BASE_FIELD - y;
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongCoordinate.selector, x, request.modelY));
        request.modelY = y + Bn254.BASE_FIELD;
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongCoordinate.selector, x, request.modelY));
    }

    function test_settle_otherCoordinateOfTheAggregate_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        SettleRound memory request = _settlement(projectId);
        // There is no aggregate yet.
        request.aggregateY = 2;
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongCoordinate.selector, 0, 2));
        _settle(projectId, primary);
        _openAndSubmit(projectId, 3);
        request = _settlement(projectId);
        uint256 x = _point(3000).x;
        request.aggregateY = Bn254.BASE_FIELD - request.aggregateY;
        _refused(
            request,
            abi.encodeWithSelector(ITrainingMarket.MarketWrongCoordinate.selector, x, request.aggregateY)
        );
        // Left out, as in a first round, it would take the last aggregate out of the rule.
        request.aggregateY = 0;
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongCoordinate.selector, x, 0));
    }

    function test_settle_anyOtherSubmission_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);

        SettleRound memory request = _settlement(projectId);
        request.commitments[2] = _point(5);
        _refusedPartly(request, ITrainingMarket.MarketSubmissionsMismatch.selector);
        request = _settlement(projectId);
        request.trainers[2] = third;
        _refusedPartly(request, ITrainingMarket.MarketSubmissionsMismatch.selector);
        request = _settlement(projectId);
        (request.trainers[0], request.trainers[1]) = (request.trainers[1], request.trainers[0]);
        (request.commitments[0], request.commitments[1]) = (request.commitments[1], request.commitments[0]);
        _refusedPartly(request, ITrainingMarket.MarketSubmissionsMismatch.selector);
        request = _settlement(projectId);
        request.referenceCommitment = _point(5);
        _refusedPartly(request, ITrainingMarket.MarketSubmissionsMismatch.selector);
        request = _settlement(projectId);
        request.payGradientCommitment = _point(5);
        _refusedPartly(request, ITrainingMarket.MarketSubmissionsMismatch.selector);
    }

    /// @dev What an aggregator would need to pay a thief for somebody else's update: it knows the commitment once the key is released.
    function test_settle_hashOfAnotherTrainer_doesNotOpenForWhoCopiedIt() public {
        uint256 projectId = _ready(_terms(), 4);
        _open(projectId, primary);
        G1 memory commitment = _point(42);
        bytes32 commitmentHash = _hashOf(_trainer(1), commitment);
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(_trainer(i));
            market.submitUpdate(projectId, 0, commitmentHash, CID);
            submitters.push(_trainer(i));
            submitted.push(commitment);
        }
        _submit(projectId, _trainer(2));
        _submit(projectId, _trainer(3));

        SettleRound memory request = _settlementWithout(projectId, 0, COMMITMENT_MISMATCH);
        _refusedPartly(request, ITrainingMarket.MarketSubmissionsMismatch.selector);
        request.commitments[0] = G1(uint256(commitmentHash), 0);
        vm.prank(primary);
        market.settleRound(request);
    }

    function test_settle_unopenedCommitment_takesNoPart() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlementWithout(projectId, 2, BUNDLE_MALFORMED);
        request.commitments[2] = G1(uint256(_hashOf(_trainer(2), submitted[2])), 0);
        vm.prank(primary);
        market.settleRound(request);
        assertEq(market.getProject(projectId).appliedRounds, 1);
    }

    function test_settle_otherHashForAnUnopenedCommitment_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlementWithout(projectId, 2, BUNDLE_MALFORMED);
        request.commitments[2] = G1(uint256(_hashOf(_trainer(1), submitted[2])), 0);
        _refusedPartly(request, ITrainingMarket.MarketSubmissionsMismatch.selector);
    }

    function test_settle_listsOfAnotherLength_revert() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlement(projectId);
        request.trainers = new address[](3);
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongLength.selector, 4, 3));
        request = _settlement(projectId);
        request.commitments = new G1[](5);
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongLength.selector, 4, 5));
    }

    function test_settle_twice_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        SettleRound memory request = _settlement(projectId);
        vm.startPrank(primary);
        market.settleRound(request);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITrainingMarket.MarketWrongPhase.selector,
                projectId,
                RoundPhase.Settle,
                RoundPhase.Idle
            )
        );
        market.settleRound(request);
    }

    function test_settle_strangerOrDuringCommit_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 3);
        SettleRound memory request = _settlement(projectId);
        _refused(
            request,
            abi.encodeWithSelector(
                ITrainingMarket.MarketWrongPhase.selector,
                projectId,
                RoundPhase.Settle,
                RoundPhase.Commit
            )
        );
        _closeCommit(projectId);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAnAggregator.selector, third));
        vm.prank(third);
        market.settleRound(request);
        request.roundIndex = 1;
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongRound.selector, projectId, 0, 1));
    }

    // --- Reliability, strikes, stakes ---

    function test_settle_verdicts_moveReliabilityAndStrikes() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        _settleWith(projectId, primary, _verdictsBut(1, AGAINST_REFERENCE));

        TrainerView memory good = market.getTrainer(projectId, _trainer(0));
        TrainerView memory bad = market.getTrainer(projectId, _trainer(1));
        assertEq(good.reliability, 34815);
        assertEq(good.strikes, 0);
        assertEq(bad.reliability, 30720);
        assertEq(bad.strikes, 1);
        assertEq(bad.stakeWei, 10 ether);
        assertEq(token.balanceOf(_payout(_trainer(1))), 0);
    }

    function test_settle_acceptance_takesOneStrikeBack() public {
        uint256 projectId = _ready(_terms(), 4);
        for (uint256 round = 0; round < 2; ++round) {
            _openAndSubmit(projectId, 4);
            _settleWith(projectId, primary, round == 0 ? _verdictsBut(1, AGAINST_REFERENCE) : _verdicts(ACCEPTED));
        }
        assertEq(market.getTrainer(projectId, _trainer(1)).strikes, 0);
    }

    function test_settle_thirdStrike_endsItsPartButNotItsStake() public {
        ProjectTerms memory terms = _terms();
        terms.rounds = 6;
        uint256 projectId = _ready(terms, 4);
        for (uint256 round = 0; round < 3; ++round) {
            _openAndSubmit(projectId, 4);
            if (round == 2) {
                vm.expectEmit(address(market));
                emit ITrainingMarket.TrainerExpelled(projectId, _trainer(1), 3);
            }
            _settleWith(projectId, primary, _verdictsBut(1, AGAINST_REFERENCE));
        }
        assertEq(uint256(market.getTrainer(projectId, _trainer(1)).status), uint256(TrainerStatus.Expelled));
        assertEq(market.getProject(projectId).rosterMask, 13);

        market.releaseTrainer(projectId, _trainer(1));
        assertEq(token.balanceOf(_payout(_trainer(1))), 10 ether);
        assertLt(registry.reliabilityOf(_trainer(1)), 32768);
    }

    function test_settle_noStrikePolicy_neverExpels() public {
        ProjectTerms memory terms = _terms();
        terms.maxStrikes = 0;
        terms.rounds = 5;
        uint256 projectId = _ready(terms, 4);
        for (uint256 round = 0; round < 4; ++round) {
            _openAndSubmit(projectId, 4);
            _settleWith(projectId, primary, _verdictsBut(1, AGAINST_REFERENCE));
        }
        assertEq(uint256(market.getTrainer(projectId, _trainer(1)).status), uint256(TrainerStatus.Active));
    }

    function test_settle_aboveNormBound_burnsTheStake() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlement(projectId, _verdictsBut(1, ABOVE_NORM_BOUND));

        vm.expectEmit(address(market));
        emit ITrainingMarket.StakeSlashed(projectId, 0, _trainer(1), 10 ether);
        vm.prank(primary);
        market.settleRound(request);

        TrainerView memory bad = market.getTrainer(projectId, _trainer(1));
        assertEq(uint256(bad.status), uint256(TrainerStatus.Slashed));
        assertEq(bad.stakeWei, 0);
        assertEq(bad.reliability, 16384);
        assertEq(token.balanceOf(BURN_ADDRESS), 10 ether);
        _assertSolvent();
    }

    function test_settle_severalEndInOneRound_eachByItsOwnVerdict() public {
        ProjectTerms memory terms = _terms();
        terms.maxStrikes = 1;
        uint256 projectId = _ready(terms, 5);
        _openAndSubmit(projectId, 5);
        uint8[] memory verdicts = _verdicts(ACCEPTED);
        verdicts[1] = ABOVE_NORM_BOUND;
        verdicts[3] = AGAINST_REFERENCE;
        _settleWith(projectId, primary, verdicts);

        assertEq(uint256(market.getTrainer(projectId, _trainer(1)).status), uint256(TrainerStatus.Slashed));
        assertEq(uint256(market.getTrainer(projectId, _trainer(3)).status), uint256(TrainerStatus.Expelled));
        assertEq(market.getProject(projectId).rosterMask, 21);
        assertEq(token.balanceOf(BURN_ADDRESS), 10 ether);
        assertEq(market.getTrainer(projectId, _trainer(3)).stakeWei, 10 ether);
        _assertSolvent();
    }

    function test_settle_everyVerdictButOne_leavesTheStakeAlone() public {
        uint8[7] memory verdicts = [1, 3, 4, 5, 6, 7, 8];
        for (uint256 i = 0; i < verdicts.length; ++i) {
            uint256 projectId = _ready(_terms(), 4);
            _openAndSubmit(projectId, 4);
            _settleWith(projectId, primary, _verdictsBut(1, verdicts[i]));
            TrainerView memory trainer = market.getTrainer(projectId, _trainer(1));
            assertEq(trainer.stakeWei, 10 ether);
            assertEq(trainer.strikes, verdicts[i] == 1 || verdicts[i] == 8 ? 0 : 1);
            // Not selected by multi-Krum is no verdict on the trainer.
            assertEq(trainer.reliability == 32768, verdicts[i] == 8);
        }
        assertEq(token.balanceOf(BURN_ADDRESS), 0);
    }

    function test_settle_payoutAddress_isTheColdOneAtThatTime() public {
        uint256 projectId = _ready(_terms(), 3);
        address newCold = makeAddr("new cold");
        address oldCold = _payout(_trainer(0));
        vm.prank(oldCold);
        registry.movePayout(_trainer(0), newCold);
        _openAndSubmit(projectId, 3);
        _settle(projectId, primary);
        assertEq(token.balanceOf(oldCold), 0);
        assertGt(token.balanceOf(newCold), 300 ether);
    }

    // --- Void rounds ---

    function test_void_nothingMovesButTheFee() public {
        uint256 projectId = _ready(_terms(), 4);
        ProjectView memory before = market.getProject(projectId);
        _openAndSubmit(projectId, 4);
        uint8[] memory verdicts = _verdicts(AGAINST_REFERENCE);
        verdicts[0] = ACCEPTED;
        verdicts[1] = ABOVE_NORM_BOUND;

        vm.expectEmit(address(market));
        emit ITrainingMarket.RoundVoided(projectId, 0, VoidReason.RuleFoundTooFew, 0);
        _settleWith(projectId, primary, verdicts);

        for (uint256 i = 0; i < 4; ++i) {
            TrainerView memory trainer = market.getTrainer(projectId, _trainer(i));
            assertEq(trainer.reliability, 32768);
            assertEq(trainer.strikes, 0);
            assertEq(trainer.stakeWei, 10 ether);
            assertEq(trainer.earnedWei, 0);
        }
        ProjectView memory project = market.getProject(projectId);
        assertEq(project.rewardLeftWei, before.rewardLeftWei);
        assertEq(project.modelCommitment.x, before.modelCommitment.x);
        assertEq(project.aggregateCommitment.x, 0);
        assertEq(project.appliedRounds, 0);
        assertEq(project.consecutiveVoids, 1);
        _assertSolvent();
    }

    function test_void_twiceInARow_asksForABetterReference() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        _settleWith(projectId, primary, _verdicts(AGAINST_REFERENCE));
        _openAndSubmit(projectId, 4);

        vm.expectEmit(address(market));
        emit ITrainingMarket.BetterReferenceNeeded(projectId, 1, 2);
        _settleWith(projectId, primary, _verdicts(AGAINST_REFERENCE));

        _openAndSubmit(projectId, 4);
        _settle(projectId, primary);
        assertEq(market.getProject(projectId).consecutiveVoids, 0);
    }

    // --- Exclusions ---

    function test_exclusion_isNobodysFault() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlementWithout(projectId, 2, BUNDLE_MALFORMED);

        vm.expectEmit(address(market));
        emit ITrainingMarket.SubmissionExcluded(projectId, 0, _trainer(2), 5, 3);
        vm.prank(primary);
        market.settleRound(request);

        TrainerView memory excluded = market.getTrainer(projectId, _trainer(2));
        assertEq(excluded.reliability, 32768);
        assertEq(excluded.strikes, 0);
        assertEq(excluded.stakeWei, 10 ether);
        assertEq(token.balanceOf(_payout(_trainer(2))), 0);
    }

    function test_exclusion_partOfTheBudgetStaysInEscrow() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        uint256 budgetWei = market.getRound(projectId).budgetWei;
        uint256 leftWei = market.getProject(projectId).rewardLeftWei;
        SettleRound memory request = _settlementWithout(projectId, 2, BUNDLE_MALFORMED);
        vm.prank(primary);
        market.settleRound(request);

        uint256 paidWei = leftWei - market.getProject(projectId).rewardLeftWei;
        assertApproxEqAbs(paidWei, (budgetWei * 3) / 4, 3);
        assertEq(token.balanceOf(_payout(_trainer(0))), paidWei / 3);
    }

    function test_exclusion_missingKeyBeforeTheRevealIsOver_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlement(projectId, _verdictsBut(2, 0));
        request.excludedMask = 1 << 5;
        for (uint8 reason = 1; reason <= 2; ++reason) {
            request.exclusionReasons = abi.encodePacked(reason);
            vm.warp(START + 49);
            _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidExclusion.selector, 5, reason));
        }
        vm.warp(START + 50);
        vm.prank(primary);
        market.settleRound(request);
    }

    function test_exclusion_missingKeyThatIsOnChain_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.prank(_trainer(2));
        market.revealKey(projectId, 0, false, "sealed");
        vm.warp(START + 60);
        SettleRound memory request = _settlementWithout(projectId, 2, Exclusions.KEY_NOT_RELEASED);
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidExclusion.selector, 5, 1));
    }

    /// @dev Released just before a settlement that says that it is missing, it would cost the aggregator another proof, and in the end,
    /// trainer after trainer, its turn and its bond.
    function test_exclusion_keyReleasedAfterTheRevealPhase_cannotStopASettlement() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 50);
        SettleRound memory request = _settlementWithout(projectId, 2, Exclusions.KEY_NOT_RELEASED);

        vm.expectRevert(
            abi.encodeWithSelector(
                ITrainingMarket.MarketWrongPhase.selector,
                projectId,
                RoundPhase.Reveal,
                RoundPhase.Settle
            )
        );
        vm.prank(_trainer(2));
        market.revealKey(projectId, 0, false, "sealed");
        // The referee's are what a settlement needs, whenever they come.
        vm.prank(referee);
        market.revealKey(projectId, 0, true, "sealed");
        vm.prank(primary);
        market.settleRound(request);

        assertEq(market.getProject(projectId).appliedRounds, 1);
    }

    function test_reveal_inTheLastSecond_isInTime() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.warp(START + 49);
        vm.prank(_trainer(2));
        market.revealKey(projectId, 0, false, "sealed");

        assertEq(market.getRound(projectId).revealedMask, 4);
    }

    function test_exclusion_keyOfAnEarlierRound_isNoneOfThisOne() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        vm.prank(_trainer(2));
        market.revealKey(projectId, 0, false, "sealed");
        _settle(projectId, primary);
        _openAndSubmit(projectId, 4);
        vm.warp(block.timestamp + 50);
        SettleRound memory request = _settlementWithout(projectId, 2, Exclusions.KEY_NOT_RELEASED);
        vm.prank(primary);
        market.settleRound(request);
        assertEq(market.getProject(projectId).appliedRounds, 2);
    }

    function test_exclusion_everyReasonThatThereIs_isHeard() public {
        for (uint8 reason = 1; reason <= 5; ++reason) {
            uint256 projectId = _ready(_terms(), 4);
            _openAndSubmit(projectId, 4);
            vm.warp(START + 50 * uint256(reason));
            SettleRound memory request = _settlementWithout(projectId, 2, reason);
            vm.expectEmit(address(market));
            emit ITrainingMarket.SubmissionExcluded(projectId, 0, _trainer(2), 5, reason);
            vm.prank(primary);
            market.settleRound(request);
        }
    }

    function test_exclusion_badSlotReasonOrLength_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlement(projectId);
        uint32[3] memory masks = [uint32(1), 1 << 2, 1 << 7];
        uint256[3] memory slots = [uint256(0), 2, 7];
        request.exclusionReasons = hex"03";
        for (uint256 i = 0; i < 3; ++i) {
            request.excludedMask = masks[i];
            _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidExclusion.selector, slots[i], 3));
        }
        request.excludedMask = 1 << 3;
        request.exclusionReasons = hex"00";
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidExclusion.selector, 3, 0));
        request.exclusionReasons = hex"06";
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidExclusion.selector, 3, 6));
        request.exclusionReasons = hex"0303";
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongLength.selector, 1, 2));
    }

    function test_exclusion_tooFewLeft_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        SettleRound memory request = _settlement(projectId);
        request.excludedMask = 3 << 3;
        request.exclusionReasons = hex"0304";
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketTooFewReadable.selector, 3, 2));
    }

    function _bits(uint256 trainer, uint256 share, uint256 weight, uint256 verdict) private pure returns (uint256) {
        return (share | (weight << 16) | (verdict << 27)) << (31 * trainer);
    }

    function _refused(SettleRound memory request, bytes memory revertData) private {
        vm.expectRevert(revertData);
        vm.prank(primary);
        market.settleRound(request);
    }

    function _refusedPartly(SettleRound memory request, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        vm.prank(primary);
        market.settleRound(request);
    }
}
