// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {Cids} from "./Cids.sol";

/// @title Updates on their way into a round: signed ones as they are relayed, and submitted ones as they are told
/// @notice Both packed, because calldata and event data are most of what relaying costs.
/// @dev Twin: services/protocol/update-batch.ts.
library UpdateBatch {
    /// @dev Bytes of the longest update, signed or submitted.
    uint256 internal constant MOST_BYTES = _SIGNED_BYTES + Cids.LONGEST;
    bytes32 private constant _TYPEHASH = keccak256(
        "Update(uint256 projectId,uint256 roundIndex,bytes32 commitmentHash,bytes bundleCid)"
    );
    /// @dev Bytes of a signed update apart from its CID: hash, r, vs, length of the CID.
    uint256 private constant _SIGNED_BYTES = 97;
    /// @dev Bytes of a submitted one apart from its CID: trainer, hash, length of the CID.
    uint256 private constant _SUBMITTED_BYTES = 53;

    /// @notice Takes the first update off a batch of `commitmentHash | r | vs | length | CID`, with a byte for the length.
    /// @return commitmentHash See `ITrainingMarket.submitUpdate`.
    /// @return r First half of the trainer's signature of `Update`.
    /// @return vs Second half with the recovery bit on top (EIP-2098).
    /// @return bundleCid Where the sealed bundle is.
    /// @return rest The batch without it.
    function takeFirst(
        bytes calldata batch
    )
        internal
        pure
        returns (bytes32 commitmentHash, bytes32 r, bytes32 vs, bytes calldata bundleCid, bytes calldata rest)
    {
        uint256 end;
        // Behind the end of the call's data there are zeros; what is read there is not used.
        assembly ("memory-safe") {
            let at := batch.offset
            commitmentHash := calldataload(at)
            r := calldataload(add(at, 32))
            vs := calldataload(add(at, 64))
            bundleCid.offset := add(at, _SIGNED_BYTES)
            bundleCid.length := byte(0, calldataload(add(at, 96)))
            end := add(_SIGNED_BYTES, bundleCid.length)
        }
        // Also where the length itself is missing: nothing is shorter than an update without a CID.
        if (batch.length < end) revert ITrainingMarket.MarketMalformedBatch(batch.length);
        assembly ("memory-safe") {
            rest.offset := add(batch.offset, end)
            rest.length := sub(batch.length, end)
        }
    }

    /// @notice The constant part of what a trainer signs, for all updates of a round.
    /// @return signing Words of the struct's hash, its last two to be filled in, and behind them what the digest is made of.
    function signingOf(
        bytes32 separator,
        uint256 projectId,
        uint256 roundIndex
    ) internal pure returns (bytes memory signing) {
        return
            abi.encodePacked(
                _TYPEHASH,
                projectId,
                roundIndex,
                bytes32(0),
                bytes32(0),
                hex"1901",
                separator,
                bytes32(0)
            );
    }

    /// @notice Who signed an update; zero, which is nobody's account, for a signature of none.
    /// @dev Without a look at which of the two forms of a signature it is: a trainer submits once a round, whichever it is.
    /// @param signing As `signingOf` has made it; written over.
    function signerOf(
        bytes memory signing,
        bytes32 commitmentHash,
        bytes32 r,
        bytes32 vs,
        bytes calldata bundleCid
    ) internal pure returns (address signer) {
        bytes32 digest;
        // Memory bounds: writes within `signing`, which has 226 bytes, and behind the free memory without keeping it.
        assembly ("memory-safe") {
            let words := add(signing, 0x20)
            let free := mload(0x40)
            calldatacopy(free, bundleCid.offset, bundleCid.length)
            mstore(add(words, 0x60), commitmentHash)
            mstore(add(words, 0x80), keccak256(free, bundleCid.length))
            mstore(add(words, 0xc2), keccak256(words, 0xa0))
            digest := keccak256(add(words, 0xa0), 0x42)
        }
        bytes32 s = vs & bytes32(type(uint256).max >> 1);
        return ecrecover(digest, 27 + uint8(uint256(vs) >> 255), r, s);
    }

    /// @notice An empty list of submitted updates, with room for those of a batch of this length.
    /// @dev Memory bounds: a submitted update is shorter than the signed one, and `append` writes no further than a word behind it.
    function reserve(uint256 batchBytes) internal pure returns (bytes memory submitted) {
        submitted = new bytes(batchBytes);
        assembly ("memory-safe") {
            mstore(submitted, 0)
        }
    }

    /// @notice Appends `trainer | commitmentHash | length | CID` to a list with room for it.
    function append(
        bytes memory submitted,
        address trainer,
        bytes32 commitmentHash,
        bytes calldata bundleCid
    ) internal pure {
        // Memory bounds: `reserve` made room for signed updates, which are 44 bytes longer each, so that even the whole words written
        // here stay within it; the length is one byte, as `Cids` has checked.
        assembly ("memory-safe") {
            let length := mload(submitted)
            let at := add(add(submitted, 0x20), length)
            mstore(at, shl(96, trainer))
            mstore(add(at, 20), commitmentHash)
            mstore8(add(at, 52), bundleCid.length)
            calldatacopy(add(at, 53), bundleCid.offset, bundleCid.length)
            mstore(submitted, add(length, add(_SUBMITTED_BYTES, bundleCid.length)))
        }
    }
}
