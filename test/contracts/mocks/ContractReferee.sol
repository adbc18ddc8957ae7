// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A referee that is a contract with one signer
contract ContractReferee is IERC1271 {
    address private immutable _SIGNER;

    constructor(address signer) {
        _SIGNER = signer;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recover(hash, signature) == _SIGNER ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
