// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IRoundVerifier} from "./interfaces/IRoundVerifier.sol";
import {IVerifyingKey} from "./interfaces/IVerifyingKey.sol";
import {Bn254} from "./libraries/Bn254.sol";
import {GramProof} from "./libraries/GramProof.sol";
import {PublicSignals} from "./libraries/PublicSignals.sol";
import {RoundTranscript} from "./libraries/RoundTranscript.sol";
import {VerifyingKeyCode} from "./libraries/VerifyingKeyCode.sol";
import {G1} from "./types/G1.sol";
import {G2} from "./types/G2.sol";
import {RoundOutcome} from "./types/RoundOutcome.sol";
import {RoundProof} from "./types/RoundProof.sol";
import {RoundStatement} from "./types/RoundStatement.sol";
import {VerifyingKey} from "./types/VerifyingKey.sol";

/// @title Verifier of whole rounds
/// @notice Checks the Gram proof, the rule's Groth16 proof and the aggregate in one product of five pairings:
///
/// `e(merge * F + vk(signals), [1]) e(-merge * (1 - zeta^2) * W, [tau]) e(-A, B) e(alpha, beta) e(C, delta) = 1`
///
/// The Gram equation is weighted by `merge`, a hash of everything, so that an error in one equation cannot cancel an
/// error in the other. The first pairing serves both because every accepted key has the generator as gamma.
///
/// What is proven is that selection, weights, shares and the new model follow from the commitments. Under a
/// development setup (`isDevelopmentSetup`) nothing is proven, because everybody can forge.
/// @dev No owner, no upgrade, no storage that changes after construction.
contract RoundVerifier is IRoundVerifier {
    /// @dev The public secret of every development setup; see `developmentTau`.
    bytes private constant DEVELOPMENT_TAU_SEED = "commonweight development powers of tau, secret known to everybody";
    bytes private constant BLINDING_BASE_SEED = "commonweight/H/v1";

    uint256 private constant WEIGHT_SUM = 1024;
    uint256 private constant HIGHEST_SHARE_SUM = 65535;

    uint256 private immutable _TAU_X_IMAGINARY;
    uint256 private immutable _TAU_X_REAL;
    uint256 private immutable _TAU_Y_IMAGINARY;
    uint256 private immutable _TAU_Y_REAL;
    uint256 private immutable _BLINDING_X;
    uint256 private immutable _BLINDING_Y;
    bool private immutable _IS_DEVELOPMENT;
    bytes32 private immutable _SETUP_CHECKSUM;

    string private _setupLabel;
    mapping(uint256 ruleAndSlots => address code) private _keys;

    /// @param tau The power of tau in the second group.
    /// @param isDevelopment Whether some secret of the setup is public. Cannot be denied for the development powers of
    /// tau, which the constructor recognises.
    /// @param label What the setup is, in words for people.
    /// @param checksum Checksum of the file that the setup comes from.
    /// @param keys One contract per rule and number of slots. Each is read once and copied.
    constructor(G2 memory tau, bool isDevelopment, string memory label, bytes32 checksum, IVerifyingKey[] memory keys) {
        _requireTau(tau, isDevelopment);
        _TAU_X_IMAGINARY = tau.x[0];
        _TAU_X_REAL = tau.x[1];
        _TAU_Y_IMAGINARY = tau.y[0];
        _TAU_Y_REAL = tau.y[1];
        _IS_DEVELOPMENT = isDevelopment;
        _SETUP_CHECKSUM = checksum;
        _setupLabel = label;

        G1 memory blinding = Bn254.hashToCurve(BLINDING_BASE_SEED);
        _BLINDING_X = blinding.x;
        _BLINDING_Y = blinding.y;

        for (uint256 i = 0; i < keys.length; ++i) {
            _addKey(keys[i]);
        }
    }

    /// @inheritdoc IRoundVerifier
    function verifyRound(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (RoundOutcome memory) {
        (bool isVoid, G1 memory newModelCommitment) = _verify(statement, proof);
        return _unpack(statement.slots, proof, isVoid, newModelCommitment);
    }

    /// @inheritdoc IRoundVerifier
    function requireProven(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (bool isVoid, G1 memory newModelCommitment) {
        return _verify(statement, proof);
    }

    /// @inheritdoc IRoundVerifier
    function publicSignals(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (uint256[] memory) {
        uint256 alpha = RoundTranscript.challenges(statement, proof).alpha;
        uint256[] memory signals = new uint256[](PublicSignals.COUNT);
        (signals[0], signals[1], signals[2]) = (_folded(statement, proof, alpha), alpha, proof.gramHash);
        return signals;
    }

    /// @inheritdoc IRoundVerifier
    function isSupported(uint8 ruleId, uint8 slots) external view returns (bool) {
        return _keys[_keyOf(ruleId, slots)] != address(0);
    }

    /// @inheritdoc IRoundVerifier
    function verifyingKey(uint8 ruleId, uint8 slots) external view returns (VerifyingKey memory) {
        return VerifyingKeyCode.decode(_loadKey(ruleId, slots));
    }

    /// @inheritdoc IRoundVerifier
    function verifyingKeyHash(uint8 ruleId, uint8 slots) external view returns (bytes32) {
        return keccak256(abi.encode(VerifyingKeyCode.decode(_loadKey(ruleId, slots))));
    }

    /// @inheritdoc IRoundVerifier
    function isDevelopmentSetup() external view returns (bool) {
        return _IS_DEVELOPMENT;
    }

    /// @inheritdoc IRoundVerifier
    function setupDescription() external view returns (string memory label, bytes32 checksum) {
        return (_setupLabel, _SETUP_CHECKSUM);
    }

    /// @inheritdoc IRoundVerifier
    function tauG2() external view returns (G2 memory) {
        return G2({x: [_TAU_X_IMAGINARY, _TAU_X_REAL], y: [_TAU_Y_IMAGINARY, _TAU_Y_REAL]});
    }

    /// @inheritdoc IRoundVerifier
    function blindingBase() external view returns (G1 memory) {
        return G1(_BLINDING_X, _BLINDING_Y);
    }

    function _verify(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) private view returns (bool isVoid, G1 memory newModelCommitment) {
        uint256[] memory key = _loadKey(statement.ruleId, statement.slots);
        uint256 active = _requireShape(statement, proof);
        _requireScalars(statement, proof);
        uint16[] memory weights;
        (isVoid, weights) = _requireOutcome(statement.slots, active, proof);

        RoundTranscript.Challenges memory drawn = RoundTranscript.challenges(statement, proof);
        GramProof.requireChallenges(drawn);
        _requirePairing(statement, proof, drawn, weights, key);

        Bn254.Accumulator memory model;
        model.x = statement.modelCommitment.x;
        model.y = statement.modelCommitment.y;
        Bn254.add(model, proof.aggregateCommitment.x, proof.aggregateCommitment.y);
        newModelCommitment = G1(model.x, model.y);
    }

    /// @dev The lists of an outcome that is known to be sound.
    function _unpack(
        uint8 slots,
        RoundProof calldata proof,
        bool isVoid,
        G1 memory newModelCommitment
    ) private pure returns (RoundOutcome memory outcome) {
        uint256 trainers = PublicSignals.trainerCount(slots);
        outcome.shares = new uint16[](trainers);
        outcome.weights = new uint16[](trainers);
        outcome.verdicts = new uint8[](trainers);
        outcome.isVoid = isVoid;
        outcome.newModelCommitment = newModelCommitment;
        outcome.aggregateCommitment = proof.aggregateCommitment;
        for (uint256 i = 0; i < trainers; ++i) {
            uint256 word = proof.outcomeWords[i / PublicSignals.TRAINERS_PER_OUTCOME_WORD];
            uint256 place = i % PublicSignals.TRAINERS_PER_OUTCOME_WORD;
            (uint256 share, uint256 weight, uint256 verdict) = PublicSignals.trainerOutcome(
                word >> (place * PublicSignals.OUTCOME_BITS)
            );
            (outcome.shares[i], outcome.weights[i], outcome.verdicts[i]) = (
                uint16(share),
                uint16(weight),
                uint8(verdict)
            );
        }
    }

    /// @dev Everything has the length that the number of slots asks for, and the mask is one of such a round.
    /// @return mask The active slots.
    function _requireShape(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) private pure returns (uint256 mask) {
        uint256 slots = statement.slots;
        uint256[] calldata termsWords = statement.termsWords;
        uint256 terms = PublicSignals.termsLength(slots);
        if (termsWords.length != terms) revert RoundVerifierWrongTermsLength(terms, termsWords.length);
        if (statement.commitments.length != slots) {
            revert RoundVerifierWrongCommitmentCount(slots, statement.commitments.length);
        }
        uint256 outcomes = PublicSignals.outcomeLength(slots);
        if (proof.outcomeWords.length != outcomes) {
            revert RoundVerifierWrongOutcomeLength(outcomes, proof.outcomeWords.length);
        }
        if (statement.parameterCount == 0) revert RoundVerifierNoParameters();

        mask = PublicSignals.activeMask(termsWords[0]);
        if (mask >> slots != 0) revert RoundVerifierMaskTooWide(mask, slots);
        if ((mask & 1) == 0) revert RoundVerifierInactiveReference(mask);
        // That exactly the active slots have a point is checked where the points are read, in `GramProof`.
    }

    function _requireScalars(RoundStatement calldata statement, RoundProof calldata proof) private pure {
        GramProof.requireScalars(proof.gram);
        GramProof.requireScalar(proof.gramHash);
        uint256[] calldata termsWords = statement.termsWords;
        for (uint256 i = 0; i < termsWords.length; ++i) {
            GramProof.requireScalar(termsWords[i]);
        }
        // Outcome words have at most 248 bits, which `_requireOutcome` checks; so they are scalars too.
    }

    /// @dev Refuses an outcome that no circuit puts out, so that the market never depends on the circuit alone for the sums that
    /// its money depends on: exactly the inactive slots have verdict 0, only the accepted have a weight or a share, and behind the
    /// last trainer there is nothing.
    /// @return isVoid Whether nobody has a weight.
    /// @return weights The weight of each trainer's update.
    function _requireOutcome(
        uint256 slots,
        uint256 activeSlots,
        RoundProof calldata proof
    ) private pure returns (bool isVoid, uint16[] memory weights) {
        uint256[] calldata words = proof.outcomeWords;
        uint256 trainers = PublicSignals.trainerCount(slots);
        weights = new uint16[](trainers);
        uint256 active = activeSlots >> PublicSignals.FIRST_TRAINER_SLOT;
        uint256 last = 0x20 * trainers;
        uint256 position = 0x20;
        uint256 shareSum = 0;
        uint256 weightSum = 0;
        // `_requireShape` has checked that there is a word for each eight trainers.
        for (uint256 index = 0; index < words.length; ++index) {
            uint256 bits = words[index];
            uint256 fault = 0;
            // 8 is the highest verdict. Memory bounds: writes elements of `weights`, eight for each word and never behind the last. At most 29 trainers with
            // shares of 16 and weights of 11 bits, so no sum comes near 2^256.
            assembly ("memory-safe") {
                let end := add(position, 0x100)
                if gt(end, last) {
                    end := add(last, 0x20)
                }
                for {} lt(position, end) {
                    position := add(position, 0x20)
                } {
                    let outcome := and(bits, 0x7fffffff)
                    let verdict := shr(27, outcome)
                    let isActive := and(active, 1)
                    switch verdict
                    case 1 {
                        fault := or(fault, iszero(isActive))
                    }
                    default {
                        let hasPay := and(outcome, 0x7ffffff)
                        fault := or(fault, or(hasPay, or(xor(isActive, gt(verdict, 0)), gt(verdict, 8))))
                    }
                    let weight := and(shr(16, outcome), 0x7ff)
                    mstore(add(weights, position), weight)
                    weightSum := add(weightSum, weight)
                    shareSum := add(shareSum, and(outcome, 0xffff))
                    bits := shr(31, bits)
                    active := shr(1, active)
                }
            }
            // What is left of a word must have been its last trainer.
            if (fault | bits != 0) revert RoundVerifierMalformedOutcome(index, words[index]);
        }
        isVoid = weightSum == 0;
        _requireSums(weightSum, shareSum, proof.aggregateCommitment);
    }

    function _requireSums(uint256 weightSum, uint256 shareSum, G1 calldata aggregate) private pure {
        bool isVoid = weightSum == 0;
        if ((!isVoid && weightSum != WEIGHT_SUM) || shareSum > (isVoid ? 0 : HIGHEST_SHARE_SUM)) {
            revert RoundVerifierWrongOutcomeSum(weightSum, shareSum);
        }
        if (isVoid && (aggregate.x != 0 || aggregate.y != 0)) {
            revert RoundVerifierAggregateInVoidRound(aggregate.x, aggregate.y);
        }
    }

    /// @dev The merged equation of the contract's description.
    function _requirePairing(
        RoundStatement calldata statement,
        RoundProof calldata proof,
        RoundTranscript.Challenges memory drawn,
        uint16[] memory weights,
        uint256[] memory key
    ) private view {
        uint256[30] memory pairs;
        Bn254.Accumulator memory sum;
        _addSignals(sum, key, _folded(statement, proof, drawn.alpha), drawn.alpha, proof.gramHash);
        GramProof.addCombination(sum, statement, proof, drawn, weights, G1(_BLINDING_X, _BLINDING_Y));
        (pairs[0], pairs[1]) = (sum.x, sum.y);
        (pairs[2], pairs[3]) = (Bn254.G2_X_IMAGINARY, Bn254.G2_X_REAL);
        (pairs[4], pairs[5]) = (Bn254.G2_Y_IMAGINARY, Bn254.G2_Y_REAL);

        (sum.x, sum.y) = (0, 0);
        GramProof.addQuotient(sum, proof.gram, drawn);
        (pairs[6], pairs[7]) = (sum.x, sum.y);
        (pairs[8], pairs[9]) = (_TAU_X_IMAGINARY, _TAU_X_REAL);
        (pairs[10], pairs[11]) = (_TAU_Y_IMAGINARY, _TAU_Y_REAL);

        uint256[8] calldata rule = proof.groth16;
        (pairs[12], pairs[13]) = Bn254.negate(rule[0], rule[1]);
        // Memory bounds: writes words 14 to 29 of the 30 of `pairs`; reads words 2 to 7 of `rule` and words 0 to 9 of `key`
        // (alpha, beta and delta, in this order), which has more.
        assembly ("memory-safe") {
            calldatacopy(add(pairs, 0x1c0), add(rule, 0x40), 0x80)
            mcopy(add(pairs, 0x240), add(key, 0x20), 0xc0)
            calldatacopy(add(pairs, 0x300), add(rule, 0xc0), 0x40)
            mcopy(add(pairs, 0x340), add(key, 0xe0), 0x80)
        }

        if (!Bn254.isPairingProductOne(pairs)) revert RoundVerifierProofRejected();
    }

    /// @dev Adds `ic_0 + folded ic_1 + alpha ic_2 + gramHash ic_3`.
    function _addSignals(
        Bn254.Accumulator memory sum,
        uint256[] memory key,
        uint256 folded,
        uint256 alpha,
        uint256 gramHash
    ) private view {
        uint256 ic = VerifyingKeyCode.IC;
        (sum.x, sum.y) = (key[ic], key[ic + 1]);
        Bn254.addMul(sum, key[ic + 2], key[ic + 3], folded);
        Bn254.addMul(sum, key[ic + 4], key[ic + 5], alpha);
        Bn254.addMul(sum, key[ic + 6], key[ic + 7], gramHash);
    }

    function _folded(
        RoundStatement calldata statement,
        RoundProof calldata proof,
        uint256 alpha
    ) private pure returns (uint256) {
        return PublicSignals.fold(proof.outcomeWords, statement.termsWords, proof.gram.mu, alpha);
    }

    function _loadKey(uint8 ruleId, uint8 slots) private view returns (uint256[] memory) {
        address code = _keys[_keyOf(ruleId, slots)];
        if (code == address(0)) revert RoundVerifierUnsupportedRule(ruleId, slots);
        return VerifyingKeyCode.load(code);
    }

    function _addKey(IVerifyingKey source) private {
        VerifyingKey memory key = source.verifyingKey();
        (uint8 ruleId, uint8 slots) = (source.ruleId(), source.slots());
        G2 memory generator = Bn254.g2Generator();
        bool isSound =
            PublicSignals.isSlotCount(slots) &&
                key.ic.length == PublicSignals.COUNT + 1 &&
                keccak256(abi.encode(key.gamma)) == keccak256(abi.encode(generator)) &&
                // With delta = gamma a prover moves false public signals into C: a key before its first contribution.
                keccak256(abi.encode(key.delta)) != keccak256(abi.encode(generator));
        if (!isSound) revert RoundVerifierInvalidKey(address(source));
        Bn254.requirePoint(key.alpha.x, key.alpha.y);
        for (uint256 i = 0; i < key.ic.length; ++i) {
            Bn254.requirePoint(key.ic[i].x, key.ic[i].y);
        }
        _requireG2(key.beta);
        _requireG2(key.delta);
        uint256 ruleAndSlots = _keyOf(ruleId, slots);
        if (_keys[ruleAndSlots] != address(0)) revert RoundVerifierDuplicateKey(ruleId, slots);
        _keys[ruleAndSlots] = VerifyingKeyCode.store(key);
    }

    function _keyOf(uint8 ruleId, uint8 slots) private pure returns (uint256) {
        return (uint256(ruleId) << 8) | slots;
    }

    /// @dev A tau that is a point and, unless the setup is called a development one, not the public tau.
    function _requireTau(G2 memory tau, bool isDevelopment) private view {
        _requireG2(tau);
        if (_isPowerOf(1, tau)) revert RoundVerifierInvalidSetup();
        uint256 publicTau = uint256(keccak256(DEVELOPMENT_TAU_SEED)) % Bn254.SCALAR_FIELD;
        if (!isDevelopment && _isPowerOf(publicTau, tau)) revert RoundVerifierDevelopmentSetupDenied();
    }

    /// @dev Refuses infinity. The pairing precompile refuses what is not in the second group, also beside infinity.
    function _requireG2(G2 memory point) private view {
        if ((point.x[0] | point.x[1] | point.y[0] | point.y[1]) == 0) revert RoundVerifierInvalidSetup();
        _isPowerOf(0, point);
    }

    /// @dev Whether `point` is `exponent` times the second group's generator:
    /// `e(exponent [1], [1]) e(-[1], point) = 1`.
    function _isPowerOf(uint256 exponent, G2 memory point) private view returns (bool) {
        uint256[30] memory pairs;
        Bn254.Accumulator memory sum;
        Bn254.addMul(sum, Bn254.GENERATOR_X, Bn254.GENERATOR_Y, exponent);
        (pairs[0], pairs[1]) = (sum.x, sum.y);
        (pairs[2], pairs[3]) = (Bn254.G2_X_IMAGINARY, Bn254.G2_X_REAL);
        (pairs[4], pairs[5]) = (Bn254.G2_Y_IMAGINARY, Bn254.G2_Y_REAL);
        (pairs[6], pairs[7]) = Bn254.negate(Bn254.GENERATOR_X, Bn254.GENERATOR_Y);
        (pairs[8], pairs[9]) = (point.x[0], point.x[1]);
        (pairs[10], pairs[11]) = (point.y[0], point.y[1]);
        return Bn254.isPairingProductOne(pairs);
    }
}
