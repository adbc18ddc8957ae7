// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";
import {GramProofData} from "./GramProofData.sol";

/// @notice What an aggregator sends to settle a round.
/// @param gram The proof that the Gram matrix belongs to the commitments.
/// @param dummyCommitment Commitment of the random vector that masks every opened value.
/// @param gramHash Salted hash of the terms, the Gram matrix and the dummy's row.
/// @param outcomeWords What the rule's circuit has decided, packed as in `PublicSignals`.
/// @param aggregateCommitment `sum w_i C_i`; `(0, 0)` in a void round.
/// @param groth16 The rule circuit's proof: A (x, y), B (x imaginary, x real, y imaginary, y real), C (x, y).
struct RoundProof {
    GramProofData gram;
    G1 dummyCommitment;
    uint256 gramHash;
    uint256[] outcomeWords;
    G1 aggregateCommitment;
    uint256[8] groth16;
}
