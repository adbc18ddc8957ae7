// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IRoundVerifier} from "../../contracts/interfaces/IRoundVerifier.sol";
import {Bn254} from "../../contracts/libraries/Bn254.sol";
import {GramProof} from "../../contracts/libraries/GramProof.sol";
import {RoundTranscript} from "../../contracts/libraries/RoundTranscript.sol";
import {GramProofData} from "../../contracts/types/GramProofData.sol";
import {RoundProof} from "../../contracts/types/RoundProof.sol";
import {RoundStatement} from "../../contracts/types/RoundStatement.sol";
import {RoundVectors} from "./support/RoundVectors.sol";

/// @dev The libraries take calldata.
contract GramProofCaller {
    function context(RoundStatement calldata statement) external view returns (bytes32) {
        return RoundTranscript.context(statement);
    }

    function initialHash(RoundStatement calldata statement, RoundProof calldata proof) external view returns (bytes32) {
        return RoundTranscript.initialHash(statement, proof);
    }

    function challenges(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (RoundTranscript.Challenges memory) {
        return RoundTranscript.challenges(statement, proof);
    }

    function requireScalars(GramProofData calldata gram) external pure {
        GramProof.requireScalars(gram);
    }

    function requireChallenges(RoundTranscript.Challenges calldata drawn) external pure {
        GramProof.requireChallenges(drawn);
    }
}

contract GramProofTest is RoundVectors {
    uint256 private constant P = Bn254.SCALAR_FIELD;
    GramProofCaller private _caller;
    string private _vectors;

    function setUp() public {
        loadVectors();
        _vectors = vm.readFile("test/vectors/gram-proof.json");
        _caller = new GramProofCaller();
    }

    function test_transcript_agreesWithTypeScript() public view {
        for (uint256 i = 0; i < ROUNDS; ++i) {
            RoundStatement memory statement = statementAt(i);
            RoundProof memory proof = proofAt(i);
            // The vectors' transcript ends with a placeholder for the rule's proof.
            uint256[] memory placeholder = vm.parseJsonUintArray(_vectors, _path(i, ".settlement.groth16Proof"));
            for (uint256 word = 0; word < 8; ++word) {
                proof.groth16[word] = placeholder[word];
            }

            RoundTranscript.Challenges memory drawn = _caller.challenges(statement, proof);

            assertEq(uint256(_caller.context(statement)), _vector(i, ".ctx"), "ctx");
            assertEq(uint256(_caller.initialHash(statement, proof)), _vector(i, ".h0"), "h0");
            assertEq(drawn.alpha, _vector(i, ".alpha"), "alpha");
            assertEq(drawn.zeta, _vector(i, ".zeta"), "zeta");
            assertEq(drawn.gamma, _vector(i, ".gamma"), "gamma");
            assertEq(drawn.z, _vector(i, ".z"), "z");
            assertEq(drawn.delta, _vector(i, ".settlement.delta"), "delta");
            assertEq(drawn.merge, _vector(i, ".settlement.delta2"), "merge");
        }
    }

    function test_context_bindsEveryField() public {
        RoundStatement memory statement = statementAt(4);
        bytes32 original = _caller.context(statement);

        for (uint256 field = 0; field < 12; ++field) {
            RoundStatement memory changed = statementAt(4);
            if (field == 0) changed.market = address(uint160(changed.market) ^ 1);
            if (field == 1) changed.projectId ^= 1;
            if (field == 2) changed.roundIndex ^= 1;
            if (field == 3) changed.ruleId ^= 3;
            if (field == 4) changed.slots ^= 16;
            if (field == 5) changed.parameterCount ^= 1;
            if (field == 6) changed.termsWords[0] ^= 1 << 100;
            if (field == 7) changed.termsWords[1] ^= 1;
            if (field == 8) changed.modelCommitment.x ^= 1;
            if (field == 9) changed.modelCommitment.y ^= 1;
            if (field == 10) changed.aggregator = address(uint160(changed.aggregator) ^ 1);
            if (field == 11) vm.chainId(31338);
            assertNotEq(_caller.context(changed), original);
        }
    }

    function test_initialHash_bindsEveryCommitmentTheGramMatrixAndTheOutcome() public view {
        RoundStatement memory statement = statementAt(0);
        RoundProof memory proof = proofAt(0);
        bytes32 original = _caller.initialHash(statement, proof);

        for (uint256 i = 0; i < 12; ++i) {
            statement = statementAt(0);
            proof = proofAt(0);
            if (i < 8) statement.commitments[i].y ^= 1;
            if (i == 8) proof.dummyCommitment.x ^= 1;
            if (i == 9) proof.dummyCommitment.y ^= 1;
            if (i == 10) proof.gramHash ^= 1;
            if (i == 11) proof.outcomeWords[0] ^= 1;
            assertNotEq(_caller.initialHash(statement, proof), original);
        }
    }

    function test_challenges_bindEveryWordOfTheProof() public view {
        RoundStatement memory statement = statementAt(2);
        bytes memory encoded = abi.encode(proofAt(2));
        uint256 merge = _caller.challenges(statement, proofAt(2)).merge;
        uint256 changes = 0;
        // Word 0 is the struct's offset, 17 that of the outcome, 28 the length of the outcome.
        for (uint256 word = 1; word < encoded.length / 32; ++word) {
            if (word == 17 || word == 28) continue;
            bytes memory changed = _flip(encoded, word);
            RoundProof memory proof = abi.decode(changed, (RoundProof));
            assertNotEq(_caller.challenges(statement, proof).merge, merge);
            ++changes;
        }
        assertEq(changes, 28);
    }

    function test_fuzz_requireScalars_refusesExactlyThoseThatAreTooLarge(uint256 value, uint256 field) public {
        GramProofData memory gram = proofAt(0).gram;
        field %= 5;
        if (field == 0) gram.mu = value;
        if (field == 1) gram.rhoA = value;
        if (field == 2) gram.a = value;
        if (field == 3) gram.aInv = value;
        if (field == 4) gram.s = value;

        if (value >= P) {
            vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierScalarTooLarge.selector, value));
        }
        _caller.requireScalars(gram);
    }

    function test_challenges_eachIsDrawnAfterWhatItTests() public view {
        RoundStatement memory statement = statementAt(0);
        RoundTranscript.Challenges memory honest = _caller.challenges(statement, proofAt(0));

        RoundProof memory proof = proofAt(0);
        proof.gram.s ^= 1;
        RoundTranscript.Challenges memory drawn = _caller.challenges(statement, proof);
        assertEq(drawn.zeta, honest.zeta);
        assertNotEq(drawn.gamma, honest.gamma);

        proof = proofAt(0);
        proof.gram.Q.x ^= 1;
        drawn = _caller.challenges(statement, proof);
        assertEq(drawn.gamma, honest.gamma);
        assertNotEq(drawn.z, honest.z);

        proof = proofAt(0);
        proof.gram.W.x ^= 1;
        drawn = _caller.challenges(statement, proof);
        assertEq(drawn.z, honest.z);
        assertNotEq(drawn.delta, honest.delta);
        assertNotEq(drawn.merge, honest.merge);
    }

    function test_requireChallenges_acceptsTheVectors() public view {
        for (uint256 i = 0; i < ROUNDS; ++i) {
            _caller.requireChallenges(_caller.challenges(statementAt(i), proofAt(i)));
        }
    }

    function test_requireChallenges_thatSwitchTheProofOff_reverts() public {
        RoundTranscript.Challenges memory honest = _caller.challenges(statementAt(0), proofAt(0));
        uint256[3] memory zetas = [uint256(0), 1, P - 1];

        for (uint256 i = 0; i < 5; ++i) {
            RoundTranscript.Challenges memory drawn = _copy(honest);
            if (i < 3) drawn.zeta = zetas[i];
            if (i == 3) drawn.alpha = 0;
            if (i == 4) drawn.merge = 0;
            vm.expectRevert(abi.encodeWithSelector(IRoundVerifier.RoundVerifierDegenerateChallenge.selector));
            _caller.requireChallenges(drawn);
        }
        honest.zeta = P - 2;
        _caller.requireChallenges(honest);
    }

    function _copy(RoundTranscript.Challenges memory drawn) private pure returns (RoundTranscript.Challenges memory) {
        return abi.decode(abi.encode(drawn), (RoundTranscript.Challenges));
    }

    /// @dev Flips the lowest bit of a word.
    function _flip(bytes memory data, uint256 word) private pure returns (bytes memory changed) {
        changed = bytes.concat(data);
        uint256 last = 32 * word + 31;
        changed[last] = changed[last] ^ 0x01;
    }

    function _vector(uint256 round, string memory field) private view returns (uint256) {
        return vm.parseJsonUint(_vectors, _path(round, field));
    }

    function _path(uint256 round, string memory field) private pure returns (string memory) {
        return string.concat(".cases[", vm.toString(round), "]", field);
    }
}
