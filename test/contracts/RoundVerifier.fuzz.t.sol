// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {RoundVerifier} from "../../contracts/RoundVerifier.sol";
import {IRoundVerifier} from "../../contracts/interfaces/IRoundVerifier.sol";
import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {RoundProof} from "../../contracts/types/RoundProof.sol";
import {RoundStatement} from "../../contracts/types/RoundStatement.sol";
import {RoundVectors} from "./support/RoundVectors.sol";

/// @dev Whatever is sent: it never verifies, and whatever decodes never reverts without one of the verifier's own
/// errors.
contract RoundVerifierFuzzTest is RoundVectors {
    RoundVerifier private _verifier;
    mapping(bytes4 selector => bool) private _isOwnError;

    function setUp() public {
        loadVectors();
        _verifier = deployVerifier();
        bytes4[15] memory own = [
            IRoundVerifier.RoundVerifierUnsupportedRule.selector,
            IRoundVerifier.RoundVerifierWrongTermsLength.selector,
            IRoundVerifier.RoundVerifierWrongCommitmentCount.selector,
            IRoundVerifier.RoundVerifierWrongOutcomeLength.selector,
            IRoundVerifier.RoundVerifierNoParameters.selector,
            IRoundVerifier.RoundVerifierInactiveReference.selector,
            IRoundVerifier.RoundVerifierMaskTooWide.selector,
            IRoundVerifier.RoundVerifierCommitmentMismatch.selector,
            IRoundVerifier.RoundVerifierScalarTooLarge.selector,
            IRoundVerifier.RoundVerifierDegenerateChallenge.selector,
            IRoundVerifier.RoundVerifierMalformedOutcome.selector,
            IRoundVerifier.RoundVerifierWrongOutcomeSum.selector,
            IRoundVerifier.RoundVerifierAggregateInVoidRound.selector,
            IRoundVerifier.RoundVerifierProofRejected.selector,
            Bn254.Bn254InvalidPoint.selector
        ];
        for (uint256 i = 0; i < own.length; ++i) {
            _isOwnError[own[i]] = true;
        }
        _isOwnError[Bn254.Bn254PairingRefused.selector] = true;
    }

    function test_fuzz_verifyRound_anyWordsAsProof_areRejectedByName(uint8 round, RoundProof memory proof) public view {
        RoundStatement memory statement = statementAt(round % ROUNDS);
        proof.outcomeWords = proofAt(round % ROUNDS).outcomeWords;

        _requireNamedRejection(statement, proof);
    }

    function test_fuzz_verifyRound_anyStatement_isRejectedByName(
        uint8 round,
        RoundStatement memory statement
    ) public view {
        _requireNamedRejection(statement, proofAt(round % ROUNDS));
    }

    function test_fuzz_verifyRound_anythingAtAll_isRejectedByName(
        RoundStatement memory statement,
        RoundProof memory proof
    ) public view {
        _requireNamedRejection(statement, proof);
    }

    /// @dev One word of a valid round replaced: the deepest a random change gets.
    function test_fuzz_verifyRound_oneWordOfTheProofReplaced_isRejectedByName(
        uint8 round,
        uint256 word,
        uint256 value
    ) public view {
        bytes memory encoded = abi.encode(proofAt(round % ROUNDS));
        word = 1 + (word % (encoded.length / 32 - 1));
        vm.assume(word != 17 && word != 28);
        vm.assume(_replace(encoded, word, value));

        _requireNamedRejection(statementAt(round % ROUNDS), abi.decode(encoded, (RoundProof)));
    }

    function test_fuzz_verifyRound_oneBitOfTheProofFlipped_isRejectedByName(
        uint8 round,
        uint256 word,
        uint8 bit
    ) public view {
        bytes memory encoded = abi.encode(proofAt(round % ROUNDS));
        word = 1 + (word % (encoded.length / 32 - 1));
        vm.assume(word != 17 && word != 28);
        uint256 value;
        // Memory bounds: `word` is below the number of words of `encoded`.
        assembly ("memory-safe") {
            value := mload(add(add(encoded, 0x20), mul(word, 0x20)))
        }
        _replace(encoded, word, value ^ (uint256(1) << bit));

        _requireNamedRejection(statementAt(round % ROUNDS), abi.decode(encoded, (RoundProof)));
    }

    /// @dev Bytes that do not decode are refused by the compiler's decoder, before any of our code runs and without a
    /// name.
    function test_fuzz_verifyRound_anyBytesAsCall_neverVerify(bytes memory data) public view {
        (bool ok, bytes memory reason) = address(_verifier).staticcall(
            bytes.concat(IRoundVerifier.verifyRound.selector, data)
        );

        assertFalse(ok);
        if (reason.length != 0) _requireOwn(reason);
    }

    function test_fuzz_verifyRound_truncatedCall_neverVerifies(uint256 length) public view {
        bytes memory data = abi.encodeCall(IRoundVerifier.verifyRound, (statementAt(0), proofAt(0)));
        length %= data.length;
        // Memory bounds: shortens the array only.
        assembly ("memory-safe") {
            mstore(data, length)
        }

        (bool ok, ) = address(_verifier).staticcall(data);

        assertFalse(ok);
    }

    function _requireNamedRejection(RoundStatement memory statement, RoundProof memory proof) private view {
        try _verifier.verifyRound(statement, proof) {
            assertTrue(false, "verified");
        } catch (bytes memory reason) {
            _requireOwn(reason);
        }
    }

    function _requireOwn(bytes memory reason) private view {
        assertGe(reason.length, 4, "a revert without a name");
        assertTrue(_isOwnError[bytes4(reason)], "an error that is not the verifier's");
    }

    function _replace(bytes memory encoded, uint256 word, uint256 value) private pure returns (bool isChanged) {
        // Memory bounds: `word` is below the number of words of `encoded`.
        assembly ("memory-safe") {
            let position := add(add(encoded, 0x20), mul(word, 0x20))
            isChanged := iszero(eq(mload(position), value))
            mstore(position, value)
        }
    }
}
