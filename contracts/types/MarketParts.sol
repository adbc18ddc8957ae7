// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {IRewardVault} from "../interfaces/IRewardVault.sol";
import {IRoundVerifier} from "../interfaces/IRoundVerifier.sol";

/// @notice The contracts that a market works with, all fixed when it is deployed.
/// @param verifier Verifies rounds.
/// @param registry Knows participants.
/// @param vault Holds the money.
struct MarketParts {
    IRoundVerifier verifier;
    IParticipantRegistry registry;
    IRewardVault vault;
}
