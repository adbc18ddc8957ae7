// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @title Measures the gas of a view call, without the transaction around it
contract CallMeter {
    /// @notice Gas spent by the call, from one contract to another, with its address already warm.
    function measure(
        address target,
        bytes calldata data
    ) external view returns (uint256 gasUsed, bytes memory returned) {
        bytes memory copied = data;
        uint256 size;
        assembly ("memory-safe") {
            // Warms the address, as in a market that has just read something from it.
            size := extcodesize(target)
        }
        bool ok = size != 0;
        uint256 before = gasleft();
        assembly ("memory-safe") {
            ok := and(ok, staticcall(gas(), target, add(copied, 0x20), mload(copied), 0, 0))
        }
        gasUsed = before - gasleft();
        returned = new bytes(0);
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(pointer, returndatasize())
            returndatacopy(add(pointer, 0x20), 0, returndatasize())
            mstore(0x40, add(add(pointer, 0x20), and(add(returndatasize(), 0x1f), not(0x1f))))
            returned := pointer
        }
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(returned, 0x20), mload(returned))
            }
        }
    }
}
