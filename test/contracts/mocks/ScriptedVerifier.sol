// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Bn254} from "../../../contracts/libraries/Bn254.sol";
import {PublicSignals} from "../../../contracts/libraries/PublicSignals.sol";
import {G1} from "../../../contracts/types/G1.sol";
import {RoundOutcome} from "../../../contracts/types/RoundOutcome.sol";
import {RoundProof} from "../../../contracts/types/RoundProof.sol";
import {RoundStatement} from "../../../contracts/types/RoundStatement.sol";

/// @title A verifier that believes every outcome word
/// @notice For tests of the market alone: the outcome is what the proof's words say, and the model moves by the proof's aggregate.
/// It checks what the market is responsible for: a point in exactly the active slots and, if it is told to, who settles.
contract ScriptedVerifier {
    error ScriptedVerifierMismatch(uint256 slot, bool isActive);
    error ScriptedVerifierMadeForAnother(address maker, address settler);
    error ScriptedVerifierRefused();

    bool private _isRefusing;
    address private _maker;

    /// @notice Makes every proof fail.
    function refuse(bool isRefusing) external {
        _isRefusing = isRefusing;
    }

    /// @notice Makes every proof one that this account made for itself.
    function bindTo(address maker) external {
        _maker = maker;
    }

    function requireProven(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) external view returns (bool isVoid, G1 memory newModelCommitment) {
        RoundOutcome memory outcome = verifyRound(statement, proof);
        return (outcome.isVoid, outcome.newModelCommitment);
    }

    /// @dev As the shipped keys: multi-Krum has none for 32 slots.
    function isSupported(uint8 ruleId, uint8 slots) external pure returns (bool) {
        return ruleId == 1 || (ruleId == 2 && slots != 32);
    }

    function verifyRound(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) public view returns (RoundOutcome memory outcome) {
        if (_isRefusing) revert ScriptedVerifierRefused();
        if (_maker != address(0) && _maker != statement.aggregator) {
            revert ScriptedVerifierMadeForAnother(_maker, statement.aggregator);
        }
        uint256 trainers = PublicSignals.trainerCount(statement.slots);
        outcome.shares = new uint16[](trainers);
        outcome.weights = new uint16[](trainers);
        outcome.verdicts = new uint8[](trainers);
        uint256 mask = uint32(statement.termsWords[0]);
        for (uint256 slot = 0; slot < statement.slots; ++slot) {
            bool isActive = (mask >> slot) & 1 == 1;
            bool isPoint = statement.commitments[slot].x | statement.commitments[slot].y != 0;
            if (isActive != isPoint) revert ScriptedVerifierMismatch(slot, isActive);
        }
        uint256 weightSum;
        for (uint256 i = 0; i < trainers; ++i) {
            if ((mask >> (3 + i)) & 1 == 0) continue;
            uint256 bits = proof.outcomeWords[i / 8] >> (31 * (i % 8));
            outcome.shares[i] = uint16(bits);
            outcome.weights[i] = uint16((bits >> 16) & 0x7ff);
            outcome.verdicts[i] = uint8((bits >> 27) & 0xf);
            weightSum += outcome.weights[i];
        }
        outcome.isVoid = weightSum == 0;
        Bn254.Accumulator memory model;
        (model.x, model.y) = (statement.modelCommitment.x, statement.modelCommitment.y);
        Bn254.add(model, proof.aggregateCommitment.x, proof.aggregateCommitment.y);
        outcome.newModelCommitment = outcome.isVoid ? statement.modelCommitment : G1(model.x, model.y);
        outcome.aggregateCommitment = proof.aggregateCommitment;
    }
}
