// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IVerifyingKey} from "../../../contracts/interfaces/IVerifyingKey.sol";
import {VerifyingKey} from "../../../contracts/types/VerifyingKey.sol";

/// @title A verifying key given at deployment
/// @notice For tests only: with a key whose secrets a test knows, it can prove any outcome and so attack everything
/// else.
contract FixedKey is IVerifyingKey {
    uint8 public immutable ruleId;
    uint8 public immutable slots;
    bytes private _encoded;

    constructor(uint8 ruleId_, uint8 slots_, VerifyingKey memory key) {
        ruleId = ruleId_;
        slots = slots_;
        _encoded = abi.encode(key);
    }

    function verifyingKey() external view returns (VerifyingKey memory) {
        return abi.decode(_encoded, (VerifyingKey));
    }
}
