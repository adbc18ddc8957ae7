// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "../types/G1.sol";
import {G2} from "../types/G2.sol";
import {RoundOutcome} from "../types/RoundOutcome.sol";
import {RoundProof} from "../types/RoundProof.sol";
import {RoundStatement} from "../types/RoundStatement.sol";
import {VerifyingKey} from "../types/VerifyingKey.sol";

/// @title Verifier of whole rounds
/// @notice Checks that a round's selection, weights, shares and new model follow from its committed updates by its
/// rule.
/// @dev Holds no money and no state that can change; all keys are fixed when it is deployed. A failed check reverts
/// with one of the errors below, or with those of the `Bn254` library for words that are not points.
interface IRoundVerifier {
    /// @notice Thrown when there is no verifying key for this rule and number of slots.
    error RoundVerifierUnsupportedRule(uint8 ruleId, uint8 slots);
    /// @notice Thrown when the terms are not as many words as the number of slots needs.
    error RoundVerifierWrongTermsLength(uint256 expected, uint256 actual);
    /// @notice Thrown when there is not exactly one commitment per slot.
    error RoundVerifierWrongCommitmentCount(uint256 expected, uint256 actual);
    /// @notice Thrown when the outcome is not as many words as the number of slots needs.
    error RoundVerifierWrongOutcomeLength(uint256 expected, uint256 actual);
    /// @notice Thrown when a round has no parameters.
    error RoundVerifierNoParameters();
    /// @notice Thrown when the reference's slot is not active.
    error RoundVerifierInactiveReference(uint256 activeMask);
    /// @notice Thrown when the mask names slots that the circuit does not have.
    error RoundVerifierMaskTooWide(uint256 activeMask, uint256 slots);
    /// @notice Thrown when an active slot has the point at infinity, or an inactive slot has a point.
    /// Bit `s` of the masks stands for slot `s`.
    error RoundVerifierCommitmentMismatch(uint256 activeMask, uint256 pointMask);
    /// @notice Thrown when a word that must be a scalar is not below the scalar field's order.
    error RoundVerifierScalarTooLarge(uint256 value);
    /// @notice Thrown when a Fiat-Shamir challenge would switch the Gram proof off: alpha or merge zero, or zeta 0, 1 or -1, which
    /// have no inverse or are their own. Nobody can bring that about, and an honest prover starts again.
    error RoundVerifierDegenerateChallenge();
    /// @notice Thrown when a packed outcome has bits outside its fields, an unknown verdict, a verdict for an inactive
    /// slot, or a weight or share for a trainer that was not accepted.
    error RoundVerifierMalformedOutcome(uint256 word, uint256 value);
    /// @notice Thrown when weights sum to neither 0 nor 1024, or shares to more than 65535.
    error RoundVerifierWrongOutcomeSum(uint256 weightSum, uint256 shareSum);
    /// @notice Thrown when a void round carries an aggregate.
    error RoundVerifierAggregateInVoidRound(uint256 x, uint256 y);
    /// @notice Thrown when the merged pairing equation does not hold: the Gram proof, the rule's proof or the
    /// aggregate is false.
    error RoundVerifierProofRejected();

    /// @notice Thrown at deployment when a verifying key is malformed: slots that no circuit has, a wrong number of
    /// points, a gamma that is not the generator, or a delta that is.
    error RoundVerifierInvalidKey(address key);
    /// @notice Thrown at deployment when two keys are for the same rule and number of slots.
    error RoundVerifierDuplicateKey(uint8 ruleId, uint8 slots);
    /// @notice Thrown at deployment when a point of the second group is infinity, or tau is 1.
    error RoundVerifierInvalidSetup();
    /// @notice Thrown at deployment when the setup is the public development one but is not declared as such.
    error RoundVerifierDevelopmentSetupDenied();

    /// @notice Verifies a round and decodes what it decided.
    /// @dev Reverts unless the round is proven; never returns a partial result. Whatever decodes and is not proven reverts
    /// with a named error; bytes that do not decode are refused by the compiler's decoder, with an empty revert.
    /// @param statement What is proven, from the market's state.
    /// @param proof What the aggregator sent.
    /// @return outcome Selection, weights, shares and the new model's commitment.
    function verifyRound(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (RoundOutcome memory outcome);

    /// @notice `verifyRound` for a caller that has the outcome words already, as a market has: it returns no list.
    /// @dev Reverts exactly when `verifyRound` does.
    /// @param statement What the proof is about.
    /// @param proof The proof and the outcome it claims.
    /// @return isVoid See `RoundOutcome`.
    /// @return newModelCommitment See `RoundOutcome`.
    function requireProven(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (bool isVoid, G1 memory newModelCommitment);

    /// @notice The public signals under which the rule's proof is checked, in the circuit's order: for auditors and
    /// for tests.
    /// @dev Checks nothing: what it returns is meaningful only for a round that `verifyRound` accepts.
    function publicSignals(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (uint256[] memory);

    /// @notice Whether rounds of this rule and number of slots can be verified. Markets refuse projects for which it
    /// is false.
    /// @param ruleId 1 = trust rule, 2 = multi-Krum.
    /// @param slots 8, 16 or 32.
    function isSupported(uint8 ruleId, uint8 slots) external view returns (bool);

    /// @notice The verifying key for a rule and number of slots, to be compared with the published key.
    function verifyingKey(uint8 ruleId, uint8 slots) external view returns (VerifyingKey memory);

    /// @notice `keccak256(abi.encode(verifyingKey))`, to compare keys at a glance.
    function verifyingKeyHash(uint8 ruleId, uint8 slots) external view returns (bytes32);

    /// @notice Whether the setup is a development one, whose secret is public: proofs under it prove nothing.
    function isDevelopmentSetup() external view returns (bool);

    /// @notice What the setup is, in words for people, and the checksum of the file that it comes from.
    /// @return label For instance "development key: its secret is public, not for real money".
    /// @return checksum keccak256 of the setup's file or, for a development setup, of its public constant.
    function setupDescription() external view returns (string memory label, bytes32 checksum);

    /// @notice The power of tau in the second group that commitments are opened against.
    function tauG2() external view returns (G2 memory);

    /// @notice The point that blinds commitments: hashed to the curve from "commonweight/H/v1".
    function blindingBase() external view returns (G1 memory);
}
