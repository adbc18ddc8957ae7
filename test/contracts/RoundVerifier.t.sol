// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {RoundVerifier} from "../../contracts/RoundVerifier.sol";
import {IRoundVerifier} from "../../contracts/interfaces/IRoundVerifier.sol";
import {IVerifyingKey} from "../../contracts/interfaces/IVerifyingKey.sol";
import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {G1} from "../../contracts/types/G1.sol";
import {G2} from "../../contracts/types/G2.sol";
import {RoundProof} from "../../contracts/types/RoundProof.sol";
import {RoundStatement} from "../../contracts/types/RoundStatement.sol";
import {VerifyingKey} from "../../contracts/types/VerifyingKey.sol";
import {FixedKey} from "./support/FixedKey.sol";
import {RoundVectors} from "./support/RoundVectors.sol";

contract RoundVerifierTest is RoundVectors {
    uint256 private constant P = Bn254.SCALAR_FIELD;
    uint256 private constant Q = Bn254.BASE_FIELD;
    RoundVerifier private _verifier;

    function setUp() public {
        loadVectors();
        _verifier = deployVerifier();
    }

    function test_verifyRound_acceptsHonestRoundsAndDecodesTheirOutcome() public view {
        for (uint256 i = 0; i < ROUNDS; ++i) {
            assertEq(
                abi.encode(_verifier.verifyRound(statementAt(i), proofAt(i))),
                abi.encode(outcomeAt(i)),
                vm.toString(i)
            );
        }
    }

    function test_publicSignals_areInTheCircuitsOrder() public view {
        for (uint256 i = 0; i < ROUNDS; ++i) {
            assertEq(_verifier.publicSignals(statementAt(i), proofAt(i)), signalsAt(i));
        }
    }

    function test_verifyRound_unknownRule_reverts() public {
        RoundStatement memory statement = statementAt(0);
        statement.ruleId = 2;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierUnsupportedRule.selector, 2, 8));
        _verifier.verifyRound(statement, proofAt(0));
    }

    function test_verifyRound_unknownSlots_reverts() public {
        RoundStatement memory statement = statementAt(0);
        statement.slots = 9;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierUnsupportedRule.selector, 1, 9));
        _verifier.verifyRound(statement, proofAt(0));
    }

    function test_verifyRound_wrongNumberOfTerms_reverts() public {
        RoundStatement memory statement = statementAt(2);
        statement.termsWords = new uint256[](2);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierWrongTermsLength.selector, 1, 2));
        _verifier.verifyRound(statement, proofAt(2));
    }

    function test_verifyRound_droppedCommitment_reverts() public {
        RoundStatement memory statement = statementAt(2);
        statement.commitments = _resized(statement.commitments, 15);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierWrongCommitmentCount.selector, 16, 15));
        _verifier.verifyRound(statement, proofAt(2));
    }

    function test_verifyRound_oneCommitmentTooMany_reverts() public {
        RoundStatement memory statement = statementAt(0);
        statement.commitments = _resized(statement.commitments, 9);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierWrongCommitmentCount.selector, 8, 9));
        _verifier.verifyRound(statement, proofAt(0));
    }

    function test_verifyRound_wrongNumberOfOutcomeWords_reverts() public {
        RoundProof memory proof = proofAt(4);
        proof.outcomeWords = new uint256[](3);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierWrongOutcomeLength.selector, 4, 3));
        _verifier.verifyRound(statementAt(4), proof);
    }

    function test_verifyRound_noParameters_reverts() public {
        RoundStatement memory statement = statementAt(0);
        statement.parameterCount = 0;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierNoParameters.selector));
        _verifier.verifyRound(statement, proofAt(0));
    }

    function test_verifyRound_maskBeyondTheSlots_reverts() public {
        RoundStatement memory statement = statementAt(0);
        statement.termsWords[0] |= 1 << 8;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierMaskTooWide.selector, 0x1ff, 8));
        _verifier.verifyRound(statement, proofAt(0));
    }

    function test_verifyRound_inactiveReference_reverts() public {
        RoundStatement memory statement = statementAt(0);
        statement.termsWords[0] &= ~uint256(1);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierInactiveReference.selector, 0xfe));
        _verifier.verifyRound(statement, proofAt(0));
    }

    function test_verifyRound_termsNotAScalar_reverts() public {
        RoundStatement memory statement = statementAt(0);
        statement.termsWords[0] += P;
        // P is odd, so the mask of `terms + P` differs; choose a mask that passes the shape checks.
        statement.termsWords[0] = (statement.termsWords[0] & ~uint256(type(uint32).max)) | 0xff;
        vm.expectRevert(
            abi.encodeWithSelector(IRoundVerifier.RoundVerifierScalarTooLarge.selector, statement.termsWords[0])
        );
        _verifier.verifyRound(statement, proofAt(0));
    }

    function test_verifyRound_gramHashPlusField_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.gramHash += P;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierScalarTooLarge.selector, proof.gramHash));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_outcomeBitsBehindTheLastTrainer_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.outcomeWords[0] |= 1 << 155;
        vm.expectRevert(
            abi.encodeWithSelector(IRoundVerifier.RoundVerifierMalformedOutcome.selector, 0, proof.outcomeWords[0])
        );
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_outcomePlusField_reverts() public {
        RoundProof memory proof = proofAt(2);
        proof.outcomeWords[1] += P;
        vm.expectRevert(
            abi.encodeWithSelector(IRoundVerifier.RoundVerifierMalformedOutcome.selector, 1, proof.outcomeWords[1])
        );
        _verifier.verifyRound(statementAt(2), proof);
    }

    function test_verifyRound_unknownVerdict_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.outcomeWords[0] = uint256(9) << 27;
        vm.expectRevert(
            abi.encodeWithSelector(IRoundVerifier.RoundVerifierMalformedOutcome.selector, 0, proof.outcomeWords[0])
        );
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_verdictForAnInactiveSlot_reverts() public {
        RoundProof memory proof = proofAt(1);
        proof.outcomeWords[0] |= uint256(1) << (27 + 31 * 3);
        vm.expectRevert(
            abi.encodeWithSelector(IRoundVerifier.RoundVerifierMalformedOutcome.selector, 0, proof.outcomeWords[0])
        );
        _verifier.verifyRound(statementAt(1), proof);
    }

    function test_verifyRound_weightForARejectedTrainer_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.outcomeWords[0] ^= uint256(1 ^ 6) << 27;
        vm.expectRevert(
            abi.encodeWithSelector(IRoundVerifier.RoundVerifierMalformedOutcome.selector, 0, proof.outcomeWords[0])
        );
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_weightSumOff_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.outcomeWords[0] += 1 << 16;
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundVerifier.RoundVerifierWrongOutcomeSum.selector,
                1025,
                _shareSum(proof.outcomeWords[0])
            )
        );
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_sharesOfMoreThanEverything_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.outcomeWords[0] |= 0xffff;
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundVerifier.RoundVerifierWrongOutcomeSum.selector,
                1024,
                _shareSum(proof.outcomeWords[0])
            )
        );
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_sharesInAVoidRound_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.outcomeWords[0] = _allVerdicts(1) | 5;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierWrongOutcomeSum.selector, 0, 5));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_aggregateInAVoidRound_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.outcomeWords[0] = _allVerdicts(6);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundVerifier.RoundVerifierAggregateInVoidRound.selector,
                proof.aggregateCommitment.x,
                proof.aggregateCommitment.y
            )
        );
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_malformedRuleProofPoint_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.groth16[0] += Q;
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, proof.groth16[0], proof.groth16[1]));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_ruleProofOffTheSecondCurve_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.groth16[4] ^= 1;
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254PairingRefused.selector));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_ruleProofAllZero_reverts() public {
        RoundProof memory proof = proofAt(0);
        delete proof.groth16;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierProofRejected.selector));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_negatedA_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.groth16[1] = Q - proof.groth16[1];
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierProofRejected.selector));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_openingsAtInfinity_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.gram.Q = G1(0, 0);
        proof.gram.W = G1(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierProofRejected.selector));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_openingOffTheCurve_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.gram.W.y ^= 1;
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, proof.gram.W.x, proof.gram.W.y));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_wrongAggregate_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.aggregateCommitment.y = Q - proof.aggregateCommitment.y;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierProofRejected.selector));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_verifyRound_aggregateLeftOut_reverts() public {
        RoundProof memory proof = proofAt(0);
        proof.aggregateCommitment = G1(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierProofRejected.selector));
        _verifier.verifyRound(statementAt(0), proof);
    }

    function test_isSupported_onlyRulesWithAKey() public view {
        assertTrue(_verifier.isSupported(1, 8));
        assertTrue(_verifier.isSupported(1, 16));
        assertTrue(_verifier.isSupported(1, 32));
        assertFalse(_verifier.isSupported(2, 8));
        assertFalse(_verifier.isSupported(1, 0));
        assertFalse(_verifier.isSupported(0, 8));
    }

    function test_verifyingKey_isWhatWasGivenAtDeployment() public view {
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory expected = abi.encode(keyPoints(i));
            uint8 slots = uint8(8 << i);
            assertEq(abi.encode(_verifier.verifyingKey(1, slots)), expected);
            assertEq(_verifier.verifyingKeyHash(1, slots), keccak256(expected));
        }
    }

    function test_verifyingKey_unknown_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierUnsupportedRule.selector, 3, 8));
        _verifier.verifyingKey(3, 8);
    }

    function test_setup_isReadable() public view {
        (string memory label, bytes32 checksum) = _verifier.setupDescription();
        assertEq(label, "test key");
        assertEq(checksum, bytes32(uint256(7)));
        assertTrue(_verifier.isDevelopmentSetup());
        assertEq(abi.encode(_verifier.tauG2()), abi.encode(tau()));
        assertEq(abi.encode(_verifier.blindingBase()), abi.encode(Bn254.hashToCurve("commonweight/H/v1")));
    }

    function test_deployedSize_isBelowTheLimit() public view {
        assertLt(address(_verifier).code.length, 24_576);
    }

    function _resized(G1[] memory points, uint256 length) private pure returns (G1[] memory resized) {
        resized = new G1[](length);
        for (uint256 i = 0; i < length && i < points.length; ++i) {
            resized[i] = points[i];
        }
    }

    function _shareSum(uint256 word) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < 5; ++i) {
            sum += (word >> (31 * i)) & 0xffff;
        }
    }

    function _allVerdicts(uint256 verdict) private pure returns (uint256 word) {
        for (uint256 i = 0; i < 5; ++i) {
            word |= verdict << (27 + 31 * i);
        }
    }
}

contract RoundVerifierDeploymentTest is RoundVectors {
    function setUp() public {
        loadVectors();
    }

    function test_deploy_withoutKeys_supportsNothing() public {
        RoundVerifier verifier = new RoundVerifier(tau(), true, "", 0, new IVerifyingKey[](0));
        assertFalse(verifier.isSupported(1, 8));
    }

    function test_deploy_publicTauNotDeclared_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierDevelopmentSetupDenied.selector));
        new RoundVerifier(tau(), false, "ceremony", 0, new IVerifyingKey[](0));
    }

    function test_deploy_tauIsOne_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierInvalidSetup.selector));
        new RoundVerifier(Bn254.g2Generator(), true, "", 0, new IVerifyingKey[](0));
    }

    function test_deploy_tauIsInfinity_reverts() public {
        G2 memory infinity;
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierInvalidSetup.selector));
        new RoundVerifier(infinity, true, "", 0, new IVerifyingKey[](0));
    }

    function test_deploy_tauOffTheCurve_reverts() public {
        G2 memory malformed = tau();
        malformed.y[0] ^= 1;
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254PairingRefused.selector));
        new RoundVerifier(malformed, true, "", 0, new IVerifyingKey[](0));
    }

    function test_deploy_twoKeysForTheSameRule_reverts() public {
        IVerifyingKey[] memory keys = new IVerifyingKey[](2);
        (keys[0], keys[1]) = (keyAt(0), keyAt(0));
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierDuplicateKey.selector, 1, 8));
        new RoundVerifier(tau(), true, "", 0, keys);
    }

    function test_deploy_slotsThatNoCircuitHas_reverts() public {
        _refuses(9, keyPoints(0));
    }

    function test_deploy_keyForAnotherNumberOfSignals_reverts() public {
        VerifyingKey memory key = keyPoints(0);
        G1[] memory points = key.ic;
        key.ic = new G1[](points.length - 1);
        for (uint256 i = 0; i < key.ic.length; ++i) {
            key.ic[i] = points[i];
        }
        _refuses(8, key);
    }

    function test_deploy_gammaNotTheGenerator_reverts() public {
        VerifyingKey memory key = keyPoints(0);
        key.gamma = key.delta;
        _refuses(8, key);
    }

    function test_deploy_deltaWithoutContribution_reverts() public {
        VerifyingKey memory key = keyPoints(0);
        key.delta = key.gamma;
        _refuses(8, key);
    }

    function test_deploy_keyPointOffTheCurve_reverts() public {
        VerifyingKey memory key = keyPoints(0);
        key.ic[3].x ^= 1;
        IVerifyingKey[] memory keys = new IVerifyingKey[](1);
        keys[0] = new FixedKey(1, 8, key);
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, key.ic[3].x, key.ic[3].y));
        new RoundVerifier(tau(), true, "", 0, keys);
    }

    function test_deploy_alphaAtInfinity_reverts() public {
        VerifyingKey memory key = keyPoints(0);
        key.alpha = G1(0, 0);
        IVerifyingKey[] memory keys = new IVerifyingKey[](1);
        keys[0] = new FixedKey(1, 8, key);
        vm.expectRevert(abi.encodeWithSelector(Bn254.Bn254InvalidPoint.selector, 0, 0));
        new RoundVerifier(tau(), true, "", 0, keys);
    }

    function test_deploy_betaAtInfinity_reverts() public {
        VerifyingKey memory key = keyPoints(0);
        delete key.beta;
        IVerifyingKey[] memory keys = new IVerifyingKey[](1);
        keys[0] = new FixedKey(1, 8, key);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierInvalidSetup.selector));
        new RoundVerifier(tau(), true, "", 0, keys);
    }

    function _refuses(uint8 slots, VerifyingKey memory key) private {
        IVerifyingKey[] memory keys = new IVerifyingKey[](1);
        keys[0] = new FixedKey(1, slots, key);
        vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierInvalidKey.selector, address(keys[0])));
        new RoundVerifier(tau(), true, "", 0, keys);
    }
}
