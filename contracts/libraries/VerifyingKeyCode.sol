// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "../types/G1.sol";
import {G2} from "../types/G2.sol";
import {VerifyingKey} from "../types/VerifyingKey.sol";
import {Bn254} from "./Bn254.sol";

/// @title Verifying keys kept as the code of a contract
/// @notice Code cannot change and is cheaper to read than storage. The code is a stop instruction, so that nothing in
/// it ever runs, and then the key's words: alpha (2), beta (4), delta (4), ic (2 each). Gamma is always the generator
/// and is left out.
library VerifyingKeyCode {
    /// @dev Positions in the list of words.
    uint256 internal constant ALPHA = 0;
    uint256 internal constant BETA = 2;
    uint256 internal constant DELTA = 6;
    uint256 internal constant IC = 10;

    /// @notice Thrown when the contract that would hold the key could not be created.
    error VerifyingKeyCodeNotStored();

    /// @dev Creates the contract that holds the key.
    function store(VerifyingKey memory key) internal returns (address code) {
        bytes memory words = abi.encodePacked(
            key.alpha.x,
            key.alpha.y,
            key.beta.x,
            key.beta.y,
            key.delta.x,
            key.delta.y
        );
        for (uint256 i = 0; i < key.ic.length; ++i) {
            words = bytes.concat(words, abi.encodePacked(key.ic[i].x, key.ic[i].y));
        }
        // PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN: ten bytes that return everything behind them.
        bytes memory creation = abi.encodePacked(
            hex"61",
            uint16(words.length + 1),
            hex"80600a5f395ff3",
            hex"00",
            words
        );
        // Memory bounds: reads exactly the bytes of `creation`, writes nothing.
        assembly ("memory-safe") {
            code := create(0, add(creation, 0x20), mload(creation))
        }
        if (code == address(0)) revert VerifyingKeyCodeNotStored();
    }

    /// @dev Reads the key's words.
    function load(address code) internal view returns (uint256[] memory words) {
        words = new uint256[]((code.code.length - 1) / 32);
        // Memory bounds: writes the array's elements, 32 bytes for each of the length just allocated; skips the stop
        // instruction.
        assembly ("memory-safe") {
            extcodecopy(code, add(words, 0x20), 1, mul(mload(words), 0x20))
        }
    }

    /// @dev Rebuilds the key from its words.
    function decode(uint256[] memory words) internal pure returns (VerifyingKey memory key) {
        key.alpha = G1(words[ALPHA], words[ALPHA + 1]);
        key.beta = _g2(words, BETA);
        key.gamma = Bn254.g2Generator();
        key.delta = _g2(words, DELTA);
        key.ic = new G1[]((words.length - IC) / 2);
        for (uint256 i = 0; i < key.ic.length; ++i) {
            key.ic[i] = G1(words[IC + 2 * i], words[IC + 2 * i + 1]);
        }
    }

    function _g2(uint256[] memory words, uint256 offset) private pure returns (G2 memory) {
        return G2({x: [words[offset], words[offset + 1]], y: [words[offset + 2], words[offset + 3]]});
    }
}
