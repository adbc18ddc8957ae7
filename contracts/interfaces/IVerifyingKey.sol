// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {VerifyingKey} from "../types/VerifyingKey.sol";

/// @title A contract that holds one verifying key in its code
/// @notice Generated from a round-rule circuit's key by the key build; there is one per rule and number of slots.
interface IVerifyingKey {
    /// @notice The round rule that the key belongs to: 1 = trust rule, 2 = multi-Krum.
    function ruleId() external view returns (uint8);

    /// @notice The number of slots of the circuit: 8, 16 or 32.
    function slots() external view returns (uint8);

    /// @notice The key.
    function verifyingKey() external view returns (VerifyingKey memory);
}
