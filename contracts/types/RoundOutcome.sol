// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";

/// @notice What a verified round decided. Index 0 of every list is the trainer in slot 3.
/// @param shares Parts of 65535 of the round's reward by share; they sum to at most 65535, and to 0 when nobody earned.
/// @param weights Parts of 1024 of each update in the new model; they sum to 1024, or to 0 in a void round.
/// @param verdicts 0 inactive, 1 accepted, 2 above-norm-bound, 3 duplicate, 4 too-large, 5 too-small, 6
/// against-reference, 7 stale-copy, 8 not-selected.
/// @param isVoid True when too few survived: nothing is applied and nothing is paid.
/// @param newModelCommitment Commitment of the new model; the old one in a void round.
/// @param aggregateCommitment `sum w_i C_i`, the next applied round's slot 2; `(0, 0)` in a void round.
struct RoundOutcome {
    uint16[] shares;
    uint16[] weights;
    uint8[] verdicts;
    bool isVoid;
    G1 newModelCommitment;
    G1 aggregateCommitment;
}
