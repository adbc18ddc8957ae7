// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";

/// @notice What a round proof is about. Every field comes from the market's state or is the market's caller, none is the prover's word.
/// @param market The contract that settles; binds the proof to it. A market passes `address(this)`.
/// @param projectId The project in that market.
/// @param roundIndex The round, counted from 0.
/// @param aggregator Who settles; binds the proof to it, so that nobody else can use it. A market passes `msg.sender`.
/// @param ruleId 1 = trust rule, 2 = multi-Krum.
/// @param slots 8, 16 or 32.
/// @param parameterCount Entries of the model and of every update.
/// @param termsWords The rule's terms, as `PublicSignals.packTerms` packs them; they carry the mask of active slots.
/// @param modelCommitment Commitment of the model that the round started from.
/// @param commitments One per slot: 0 = reference, 1 = pay gradient, 2 = last aggregate, trainers from 3. Exactly
/// `slots` of them; an inactive slot has `(0, 0)`, an active one never.
struct RoundStatement {
    address market;
    uint256 projectId;
    uint256 roundIndex;
    address aggregator;
    uint8 ruleId;
    uint8 slots;
    uint32 parameterCount;
    uint256[] termsWords;
    G1 modelCommitment;
    G1[] commitments;
}
