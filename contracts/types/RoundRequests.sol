// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";
import {RoundProof} from "./RoundProof.sol";

/// @notice What opens a round. The referee signs it, so the aggregator cannot choose who is accepted.
/// @param projectId The project.
/// @param roundIndex The round, which must be the project's next.
/// @param referenceCommitment Commitment of the reference update r (slot 0).
/// @param payGradientCommitment Commitment of the pay gradient g (slot 1); `(0, 0)` exactly if the terms use none.
/// @param referenceCid Where the sealed bundle of r is.
/// @param payGradientCid Where the sealed bundle of g is; empty without one.
/// @param jobCid Instructions of this round beyond the manifest (learning rate, steps); may be empty.
/// @param refereeSignature EIP-712 signature of `RoundReference` by the referee (ERC-1271 for a contract), which names the model
/// that the reference was made on, too; may be empty if the referee itself sends the transaction.
struct OpenRound {
    uint256 projectId;
    uint256 roundIndex;
    G1 referenceCommitment;
    G1 payGradientCommitment;
    bytes referenceCid;
    bytes payGradientCid;
    bytes jobCid;
    bytes refereeSignature;
}

/// @notice What settles a round.
/// @param projectId The project.
/// @param roundIndex The open round.
/// @param referenceCommitment Commitment of r, as opened.
/// @param payGradientCommitment Commitment of g, as opened.
/// @param modelY Second coordinate of the project's `modelCommitment`, of which the market stores the first and the parity.
/// @param aggregateY Second coordinate of the project's `aggregateCommitment`; 0 before the first applied round.
/// @param trainers Who submitted, in order of submission: index 0 is slot 3.
/// @param commitments What they committed to, in the same order; `(commitmentHash, 0)` for one that is excluded and was not opened.
/// @param excludedMask Slots (bit s = slot s) whose bundle could not be read; no fault of anybody's is recorded.
/// @param exclusionReasons One byte per excluded slot, in order of slots: 1 = key not released, 2 = bundle not found, 3 = bundle
/// malformed, 4 = does not match the commitment, 5 = entries out of range.
/// @param proof Both proofs.
/// @param newModelCid Where the new model is; ignored in a void round.
struct SettleRound {
    uint256 projectId;
    uint256 roundIndex;
    G1 referenceCommitment;
    G1 payGradientCommitment;
    uint256 modelY;
    uint256 aggregateY;
    address[] trainers;
    G1[] commitments;
    uint32 excludedMask;
    bytes exclusionReasons;
    RoundProof proof;
    bytes newModelCid;
}
