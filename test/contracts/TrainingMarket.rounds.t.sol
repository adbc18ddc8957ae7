// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {RosterMask} from "../../contracts/libraries/RosterMask.sol";
import {G1} from "../../contracts/types/G1.sol";
import {RoundView} from "../../contracts/types/MarketViews.sol";
import {ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {OpenRound, SettleRound} from "../../contracts/types/RoundRequests.sol";
import {ContractReferee} from "./mocks/ContractReferee.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title Opening rounds, submitting and releasing keys
contract TrainingMarketRoundsTest is MarketFixture {
    using RosterMask for uint256;

    // --- openRound ---

    function test_open_signedReference_startsTheCommitPhase() public {
        uint256 projectId = _ready(_terms(), 4);
        OpenRound memory request = _openRequest(projectId);
        vm.prevrandao(bytes32(uint256(77)));

        vm.expectEmit(address(market));
        emit ITrainingMarket.RoundOpened(
            projectId,
            0,
            primary,
            request.referenceCommitment,
            request.payGradientCommitment,
            CID,
            CID,
            "",
            77,
            15,
            START + 200
        );
        vm.prank(primary);
        market.openRound(request);

        RoundView memory round = market.getRound(projectId);
        assertTrue(round.isOpen);
        assertEq(uint256(round.phase), uint256(RoundPhase.Commit));
        assertEq(round.commitClosesAt, START + 200);
        assertEq(round.revealClosesAt, START + 250);
        assertEq(round.settleClosesAt, START + 250 + 600);
        assertEq(round.budgetWei, 1000 ether);
        assertEq(round.pendingMask, 15);
        assertEq(market.getProject(projectId).nextRoundIndex, 1);
    }

    function test_open_forgedReference_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        OpenRound memory request = _openRequest(projectId);
        (, uint256 otherKey) = makeAddrAndKey("somebody");
        request.refereeSignature = _signReference(request, otherKey);
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidRefereeSignature.selector, referee));
    }

    function test_open_anythingChangedAfterSigning_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        bytes memory refusal = abi.encodeWithSelector(ITrainingMarket.MarketInvalidRefereeSignature.selector, referee);
        OpenRound memory request = _openRequest(projectId);
        request.referenceCommitment = _point(5);
        _refused(request, refusal);
        request = _openRequest(projectId);
        request.payGradientCommitment = _point(5);
        _refused(request, refusal);
        request = _openRequest(projectId);
        request.referenceCid = "other";
        _refused(request, refusal);
        request = _openRequest(projectId);
        request.payGradientCid = "other";
        _refused(request, refusal);
        request = _openRequest(projectId);
        request.jobCid = "other";
        _refused(request, refusal);
    }

    function test_open_signatureOfAnotherRound_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        OpenRound memory request = _openRequest(projectId);
        _openAndSubmit(projectId, 4);
        _settle(projectId, primary);

        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketWrongRound.selector, projectId, 1, 0));
        request.roundIndex = 1;
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidRefereeSignature.selector, referee));
    }

    /// @dev The attack: an aggregator announces a model of its own, has the reference made on that, and opens the round with it.
    function test_open_referenceMadeOnAnotherModel_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        OpenRound memory request = _openRequest(projectId);
        G1 memory model = market.getProject(projectId).modelCommitment;
        bytes memory refusal = abi.encodeWithSelector(ITrainingMarket.MarketInvalidRefereeSignature.selector, referee);
        request.refereeSignature = _signReference(request, _point(6), refereeKey);
        _refused(request, refusal);
        // Of the negated model only the parity differs.
        request.refereeSignature = _signReference(request, G1(model.x, Bn254.BASE_FIELD - model.y), refereeKey);
        _refused(request, refusal);
        request.refereeSignature = _signReference(request, G1(0, 0), refereeKey);
        _refused(request, refusal);
    }

    function test_multicall_settlementAndNextOpening_inOneTransaction() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        bytes[] memory calls = _settleAndOpen(projectId);

        vm.prank(primary);
        market.multicall(calls);

        RoundView memory round = market.getRound(projectId);
        assertTrue(round.isOpen);
        assertEq(round.roundIndex, 1);
        assertEq(round.commitClosesAt, block.timestamp + 200);
        assertEq(market.getProject(projectId).appliedRounds, 1);
    }

    function test_multicall_openingRefused_settlesNothing() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 4);
        bytes[] memory calls = _settleAndOpen(projectId);
        vm.prank(owner);
        market.announceStop(projectId);

        vm.prank(primary);
        vm.expectRevert();
        market.multicall(calls);
        assertEq(market.getRound(projectId).roundIndex, 0);

        _settle(projectId, primary);
        assertFalse(market.getRound(projectId).isOpen);
    }

    function test_open_byTheRefereeItself_needsNoSignature() public {
        ProjectTerms memory terms = _terms();
        terms.referee = primary;
        uint256 projectId = _ready(terms, 3);
        OpenRound memory request = _openRequest(projectId);
        request.refereeSignature = "";
        vm.prank(primary);
        market.openRound(request);
        assertTrue(market.getRound(projectId).isOpen);
    }

    function test_open_refereeIsAContract_asksIt() public {
        ProjectTerms memory terms = _terms();
        terms.referee = address(new ContractReferee(referee));
        uint256 projectId = _ready(terms, 3);
        OpenRound memory request = _openRequest(projectId);
        vm.prank(primary);
        market.openRound(request);
        assertTrue(market.getRound(projectId).isOpen);
    }

    function test_open_badPointsOrCids_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        OpenRound memory request = _openRequest(projectId);
        request.referenceCommitment = G1(0, 0);
        _refused(request, abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 0, 0));
        request = _openRequest(projectId);
        request.payGradientCommitment = G1(2, 2);
        _refused(request, abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 2, 2));
        request = _openRequest(projectId);
        request.referenceCid = "";
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 0));
        request = _openRequest(projectId);
        request.payGradientCid = "";
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 0));
        request = _openRequest(projectId);
        request.jobCid = new bytes(97);
        _refused(request, abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 97));
    }

    function test_open_payGradientWhereThereIsNone_reverts() public {
        ProjectTerms memory terms = _terms();
        terms.usesPayGradient = false;
        uint256 projectId = _ready(terms, 3);
        OpenRound memory request = _openRequest(projectId);
        bytes memory refusal = abi.encodeWithSelector(ITrainingMarket.MarketPayGradientMismatch.selector, false);
        request.payGradientCommitment = _point(9);
        _refused(request, refusal);
        // Nor a part of one.
        request.payGradientCommitment = G1(1, 0);
        _refused(request, refusal);
        request.payGradientCommitment = G1(0, 1);
        _refused(request, refusal);
        request.payGradientCommitment = G1(0, 0);
        request.payGradientCid = CID;
        _refused(request, refusal);
    }

    function test_open_jobCidOfTheLongest_isTaken() public {
        uint256 projectId = _ready(_terms(), 3);
        OpenRound memory request = _openRequest(projectId);
        request.jobCid = new bytes(96);
        request.refereeSignature = _signReference(request, refereeKey);
        vm.prank(primary);
        market.openRound(request);
        assertTrue(market.getRound(projectId).isOpen);
    }

    function test_open_tooFewTrainers_reverts() public {
        uint256 projectId = _ready(_terms(), 2);
        _refused(_openRequest(projectId), abi.encodeWithSelector(ITrainingMarket.MarketTooFewTrainers.selector, 3, 2));
    }

    function test_open_withoutBond_reverts() public {
        uint256 projectId = _post(_terms());
        for (uint256 i = 0; i < 3; ++i) {
            _join(projectId, _trainer(i), 10 ether);
        }
        _refused(
            _openRequest(projectId),
            abi.encodeWithSelector(ITrainingMarket.MarketBondMissing.selector, primary, 500 ether, 0)
        );
    }

    function test_open_standbyBeforeItsTurn_revertsAndThenWorks() public {
        uint256 projectId = _ready(_terms(), 3);
        OpenRound memory request = _openRequest(projectId);
        bytes memory refusal = abi.encodeWithSelector(
            ITrainingMarket.MarketNotYourWindow.selector,
            standby,
            START + 1100
        );

        vm.warp(START + 1099);
        vm.expectRevert(refusal);
        vm.prank(standby);
        market.openRound(request);

        vm.warp(START + 1100);
        vm.expectEmit(address(market));
        emit ITrainingMarket.AggregatorChanged(projectId, standby, 1);
        vm.prank(standby);
        market.openRound(request);
        assertEq(market.getProject(projectId).aggregatorIndex, 1);
    }

    function test_open_strangerOrDuringARound_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        OpenRound memory request = _openRequest(projectId);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAnAggregator.selector, third));
        vm.prank(third);
        market.openRound(request);

        _open(projectId, primary);
        _refused(
            _openRequest(projectId),
            abi.encodeWithSelector(
                ITrainingMarket.MarketWrongPhase.selector,
                projectId,
                RoundPhase.Idle,
                RoundPhase.Commit
            )
        );
    }

    function test_open_moreTrainersThanPlaces_samplesExactlyTheMost() public {
        uint256 projectId = _ready(_terms(), 12);
        _open(projectId, primary);

        uint256 eligible = market.getRound(projectId).eligibleMask;
        assertEq(eligible.count(), 5);
        assertLt(eligible, 1 << 12);
        for (uint256 i = 0; i < 12; ++i) {
            if (!eligible.has(i)) {
                vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, _trainer(i), 0));
                vm.prank(_trainer(i));
                market.submitUpdate(projectId, 0, "hash", CID);
            }
        }
    }

    // --- submitUpdate ---

    function test_submit_eligible_movesTheHashAndTakesTheNextSlot() public {
        uint256 projectId = _ready(_terms(), 4);
        _open(projectId, primary);
        RoundView memory before = market.getRound(projectId);
        bytes32 commitmentHash = _hashOf(_trainer(2), _point(42));

        vm.expectEmit(address(market));
        emit ITrainingMarket.UpdatesSubmitted(projectId, 0, 3, _submitted(_trainer(2), commitmentHash));
        vm.prank(_trainer(2));
        market.submitUpdate(projectId, 0, commitmentHash, CID);

        RoundView memory round = market.getRound(projectId);
        assertEq(round.submittedCount, 1);
        assertEq(round.pendingMask, 11);
        assertEq(
            bytes32(round.submissionsHash),
            bytes32(bytes20(keccak256(abi.encodePacked(before.submissionsHash, _trainer(2), commitmentHash))))
        );
    }

    function test_submit_startingHash_isBoundToTheReference() public {
        uint256 projectId = _ready(_terms(), 4);
        OpenRound memory request = _openRequest(projectId);
        _open(projectId, primary);
        assertEq(
            bytes32(market.getRound(projectId).submissionsHash),
            bytes32(
                bytes20(
                    keccak256(
                        abi.encode(
                            address(market),
                            block.chainid,
                            projectId,
                            0,
                            request.referenceCommitment,
                            request.payGradientCommitment
                        )
                    )
                )
            )
        );
    }

    function test_submit_everybodyIn_closesTheCommitPhase() public {
        uint256 projectId = _ready(_terms(), 3);
        _open(projectId, primary);
        _submit(projectId, _trainer(0));
        _submit(projectId, _trainer(1));
        vm.warp(START + 60);

        vm.expectEmit(address(market));
        emit ITrainingMarket.CommitPhaseClosed(projectId, 0, START + 60);
        _submit(projectId, _trainer(2));

        assertEq(uint256(market.getRound(projectId).phase), uint256(RoundPhase.Reveal));
        assertEq(market.getRound(projectId).revealClosesAt, START + 110);
    }

    function test_submit_lastSecondAndOneLater_onlyTheFirstCounts() public {
        uint256 projectId = _ready(_terms(), 4);
        _open(projectId, primary);
        vm.warp(START + 199);
        _submit(projectId, _trainer(0));

        vm.warp(START + 200);
        _refusedUpdate(
            projectId,
            _trainer(1),
            abi.encodeWithSelector(ITrainingMarket.MarketCommitClosed.selector, 0, START + 200)
        );
    }

    function test_submit_twiceStrangerOrLeft_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        vm.prank(_trainer(3));
        market.leaveProject(projectId);
        // Somebody else takes the free place; the one who left must not use it.
        _join(projectId, _trainer(4), 10 ether);
        _open(projectId, primary);
        _submit(projectId, _trainer(0));

        address[3] memory refused = [_trainer(0), third, _trainer(3)];
        for (uint256 i = 0; i < 3; ++i) {
            _refusedUpdate(
                projectId,
                refused[i],
                abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, refused[i], 0)
            );
        }
    }

    function test_submit_leaving_stillBelongsToTheRound() public {
        uint256 projectId = _ready(_terms(), 3);
        _open(projectId, primary);
        vm.prank(_trainer(1));
        market.leaveProject(projectId);
        _submit(projectId, _trainer(1));
        assertEq(market.getRound(projectId).submittedCount, 1);
    }

    function test_submit_lateJoiner_waitsForTheNextRound() public {
        uint256 projectId = _ready(_terms(), 3);
        _open(projectId, primary);
        _join(projectId, _trainer(3), 10 ether);
        _refusedUpdate(
            projectId,
            _trainer(3),
            abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, _trainer(3), 0)
        );
    }

    function test_submit_wrongRoundOrCid_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _open(projectId, primary);
        vm.startPrank(_trainer(0));

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongRound.selector, projectId, 0, 1));
        market.submitUpdate(projectId, 1, "hash", CID);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 0));
        market.submitUpdate(projectId, 0, "hash", "");
    }

    function test_submit_beforeAnyRound_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _refusedUpdate(
            projectId,
            _trainer(0),
            abi.encodeWithSelector(ITrainingMarket.MarketCommitClosed.selector, 0, 0)
        );
    }

    // --- submitUpdates ---

    function test_batch_signedUpdates_sameAsDirect() public {
        (uint256 projectId, bytes[] memory updates, address[] memory signers) = _batch(4);
        bytes memory submitted;
        for (uint256 i = 0; i < 3; ++i) {
            submitted = bytes.concat(submitted, _submitted(signers[i], _hashOf(signers[i], _point(50 + i))));
        }

        vm.expectEmit(address(market));
        emit ITrainingMarket.UpdatesSubmitted(projectId, 0, 3, submitted);
        vm.prank(third);
        market.submitUpdates(projectId, 0, bytes.concat(updates[0], updates[1], updates[2]));

        bytes32 batched = bytes32(market.getRound(projectId).submissionsHash);
        assertEq(market.getRound(projectId).submittedCount, 3);
        assertEq(market.getRound(projectId).pendingMask, 8);

        // A fourth one comes after them, and the commit phase is over.
        vm.expectEmit(address(market));
        emit ITrainingMarket.UpdatesSubmitted(projectId, 0, 6, _submitted(_trainer(3), "hash"));
        vm.prank(_trainer(3));
        market.submitUpdate(projectId, 0, "hash", CID);
        assertEq(uint256(market.getRound(projectId).phase), uint256(RoundPhase.Reveal));
        assertEq(
            bytes32(market.getRound(projectId).submissionsHash),
            bytes32(bytes20(keccak256(abi.encodePacked(bytes20(batched), _trainer(3), bytes32("hash")))))
        );
    }

    function test_batch_replayed_reverts() public {
        (uint256 projectId, bytes[] memory updates, address[] memory signers) = _batch(4);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, signers[0], 0));
        market.submitUpdates(projectId, 0, bytes.concat(updates[0], updates[0]));
    }

    function test_batch_changedByTheRelayer_isNobodys() public {
        (uint256 projectId, bytes[] memory updates, ) = _batch(3);
        // A letter of the second one's CID.
        updates[1][97] ^= 0x01;

        vm.expectPartialRevert(ITrainingMarket.MarketNotEligible.selector);
        market.submitUpdates(projectId, 0, bytes.concat(updates[0], updates[1]));
    }

    function test_batch_hashChangedByTheRelayer_isNobodys() public {
        (uint256 projectId, bytes[] memory updates, ) = _batch(3);
        updates[1][0] ^= 0x01;

        vm.expectPartialRevert(ITrainingMarket.MarketNotEligible.selector);
        market.submitUpdates(projectId, 0, bytes.concat(updates[0], updates[1]));
    }

    function test_batch_signedForAnEarlierRound_isNobodys() public {
        (uint256 projectId, bytes[] memory updates, ) = _batch(3);
        vm.warp(market.getRound(projectId).commitClosesAt);
        market.poke(projectId);
        _open(projectId, primary);

        vm.expectPartialRevert(ITrainingMarket.MarketNotEligible.selector);
        market.submitUpdates(projectId, 1, updates[0]);
    }

    function test_batch_empty_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _open(projectId, primary);
        vm.expectRevert(ITrainingMarket.MarketEmptyBatch.selector);
        market.submitUpdates(projectId, 0, "");
    }

    function testFuzz_batch_thatEndsWithinAnUpdate_reverts(uint256 end) public {
        (uint256 projectId, bytes[] memory updates, ) = _batch(3);
        bytes memory batch = bytes.concat(updates[0], updates[1]);
        end = bound(end, updates[0].length + 1, batch.length - 1);
        assembly {
            mstore(batch, end)
        }

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketMalformedBatch.selector, end - updates[0].length));
        market.submitUpdates(projectId, 0, batch);
        assertEq(market.getRound(projectId).submittedCount, 0);
    }

    function test_batch_withoutACid_orWithALongOne_reverts() public {
        (uint256 projectId, , ) = _batch(3);
        (address signer, uint256 key) = makeAddrAndKey("trainer 0");
        bytes32 commitmentHash = _hashOf(signer, _point(50));
        bytes memory none = _signUpdate(projectId, 0, commitmentHash, key, "");
        bytes memory long = _signUpdate(projectId, 0, commitmentHash, key, new bytes(97));

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 0));
        market.submitUpdates(projectId, 0, none);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketInvalidCid.selector, 97));
        market.submitUpdates(projectId, 0, long);
    }

    /// @dev What the market tells of a submission.
    function _submitted(address trainer, bytes32 commitmentHash) private pure returns (bytes memory) {
        return abi.encodePacked(trainer, commitmentHash, uint8(CID.length), CID);
    }

    // --- revealKey ---

    function test_reveal_submitterAndReferee_areRecorded() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);

        vm.expectEmit(address(market));
        emit ITrainingMarket.KeyRevealed(projectId, 0, _trainer(1), false, "sealed");
        vm.prank(_trainer(1));
        market.revealKey(projectId, 0, false, "sealed");
        vm.prank(referee);
        market.revealKey(projectId, 0, true, "sealed");

        assertEq(market.getRound(projectId).revealedMask, 2);
        assertTrue(market.getRound(projectId).isReferenceRevealed);
    }

    function test_reveal_startsAfreshEveryRound() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        vm.prank(_trainer(1));
        market.revealKey(projectId, 0, false, "sealed");
        vm.prank(referee);
        market.revealKey(projectId, 0, true, "sealed");
        _settle(projectId, primary);
        _openAndSubmit(projectId, 3);
        assertEq(market.getRound(projectId).revealedMask, 0);

        vm.prank(_trainer(0));
        market.revealKey(projectId, 1, false, "sealed");
        assertEq(market.getRound(projectId).revealedMask, 1);
        assertFalse(market.getRound(projectId).isReferenceRevealed);
    }

    function test_reveal_tooEarlyTwiceOrByOthers_reverts() public {
        uint256 projectId = _ready(_terms(), 4);
        _openAndSubmit(projectId, 3);

        // Before the commit phase is over, a released key would let others copy.
        vm.expectRevert(
            abi.encodeWithSelector(
                ITrainingMarket.MarketWrongPhase.selector,
                projectId,
                RoundPhase.Settle,
                RoundPhase.Commit
            )
        );
        vm.prank(_trainer(0));
        market.revealKey(projectId, 0, false, "sealed");

        _closeCommit(projectId);
        vm.startPrank(_trainer(0));
        market.revealKey(projectId, 0, false, "sealed");
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketAlreadyRevealed.selector, _trainer(0)));
        market.revealKey(projectId, 0, false, "sealed");
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotAuthorized.selector, _trainer(0), referee));
        market.revealKey(projectId, 0, true, "sealed");
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketWrongRound.selector, projectId, 0, 1));
        market.revealKey(projectId, 1, false, "sealed");
        vm.stopPrank();

        // Eligible, but did not submit.
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, _trainer(3), 0));
        vm.prank(_trainer(3));
        market.revealKey(projectId, 0, false, "sealed");
        vm.startPrank(referee);
        market.revealKey(projectId, 0, true, "sealed");
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketAlreadyRevealed.selector, referee));
        market.revealKey(projectId, 0, true, "sealed");
    }

    /// @dev Either would make the aggregator's true word, that the key is missing, unsayable, and the trainer's own key unwelcome.
    function test_reveal_strangerOrWhoLeft_cannotSpeakForTheOneInThePlace() public {
        uint256 projectId = _ready(_terms(), 4);
        vm.prank(_trainer(3));
        market.leaveProject(projectId);
        _join(projectId, _trainer(4), 10 ether);
        _open(projectId, primary);
        address[4] memory round = [_trainer(0), _trainer(1), _trainer(2), _trainer(4)];
        for (uint256 i = 0; i < 4; ++i) {
            _submit(projectId, round[i]);
        }

        // A stranger's record is empty and names place 0; the record of who left names the place of its successor.
        address[2] memory refused = [third, _trainer(3)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketNotEligible.selector, refused[i], 0));
            vm.prank(refused[i]);
            market.revealKey(projectId, 0, false, "sealed");
        }
        vm.prank(_trainer(4));
        market.revealKey(projectId, 0, false, "sealed");
        assertEq(market.getRound(projectId).revealedMask, 8);
    }

    /// @dev Everybody who looks at the round reads what is written here, the aggregator at every look.
    function test_reveal_moreThanTwoKeys_reverts() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);

        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketKeysTooLong.selector, 64, 65));
        vm.prank(_trainer(0));
        market.revealKey(projectId, 0, false, new bytes(65));
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketKeysTooLong.selector, 64, 1_000_000));
        vm.prank(referee);
        market.revealKey(projectId, 0, true, new bytes(1_000_000));

        vm.prank(_trainer(0));
        market.revealKey(projectId, 0, false, new bytes(32));
        vm.prank(referee);
        market.revealKey(projectId, 0, true, new bytes(64));
        assertEq(market.getRound(projectId).revealedMask, 1);
        assertTrue(market.getRound(projectId).isReferenceRevealed);
    }

    /// @dev What settles the open round, and opens the next one on the model that comes of it.
    function _settleAndOpen(uint256 projectId) private view returns (bytes[] memory calls) {
        SettleRound memory settlement = _settlement(projectId);
        G1 memory model = market.getProject(projectId).modelCommitment;
        OpenRound memory opening = _openRequest(projectId);
        opening.refereeSignature = _signReference(
            opening,
            _sum(model, settlement.proof.aggregateCommitment),
            refereeKey
        );
        calls = new bytes[](2);
        calls[0] = abi.encodeCall(ITrainingMarket.settleRound, (settlement));
        calls[1] = abi.encodeCall(ITrainingMarket.openRound, (opening));
    }

    function _refused(OpenRound memory request, bytes memory revertData) private {
        vm.expectRevert(revertData);
        vm.prank(primary);
        market.openRound(request);
    }

    function _refusedUpdate(uint256 projectId, address trainer, bytes memory revertData) private {
        vm.expectRevert(revertData);
        vm.prank(trainer);
        market.submitUpdate(projectId, 0, "hash", CID);
    }

    /// @dev An open round of `joined` trainers, three of whom have signed.
    function _batch(
        uint256 joined
    ) private returns (uint256 projectId, bytes[] memory updates, address[] memory signers) {
        projectId = _ready(_terms(), joined);
        _open(projectId, primary);
        updates = new bytes[](3);
        signers = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 key;
            (signers[i], key) = makeAddrAndKey(string.concat("trainer ", vm.toString(i)));
            updates[i] = _signUpdate(projectId, 0, _hashOf(signers[i], _point(50 + i)), key, CID);
        }
    }
}
