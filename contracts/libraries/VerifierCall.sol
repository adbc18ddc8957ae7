// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IRoundVerifier} from "../interfaces/IRoundVerifier.sol";
import {G1} from "../types/G1.sol";
import {Project} from "../types/Project.sol";
import {ProjectTerms} from "../types/ProjectTerms.sol";
import {RoundProof} from "../types/RoundProof.sol";
import {SettleRound} from "../types/RoundRequests.sol";

/// @title The call of the verifier
/// @notice Asks whether a settlement's proof holds for the project's own terms, model and submissions.
/// @dev The arguments are encoded by hand. The compiler copies every point of a `RoundStatement` three times on the way from one
/// call's data to the next one's, which took 15,000 gas at 16 slots; here every list is one copy.
library VerifierCall {
    /// @dev Words of a statement's and of a proof's head: what precedes their lists.
    uint256 private constant _STATEMENT_HEAD = 0x160;

    /// @notice Reverts as the verifier does unless the round is proven.
    /// @param mask The slots that take part.
    /// @param model Commitment of the model that the round started from.
    /// @param last Commitment of the last applied aggregate, slot 2.
    /// @param termsWords The terms as the circuit sees them.
    /// @return isVoid Whether the rule found too few.
    /// @return newModelCommitment Commitment of the new model; the old one in a void round.
    function requireProven(
        Project storage project,
        IRoundVerifier verifier,
        SettleRound calldata request,
        uint256 mask,
        G1 memory model,
        G1 memory last,
        uint256[] memory termsWords
    ) internal view returns (bool isVoid, G1 memory newModelCommitment) {
        bytes memory data = _encode(request, _head(project, request, model, termsWords.length), mask, last, termsWords);
        bool ok;
        // Memory bounds: reads exactly the bytes of `data` and writes what the verifier returns over them, three words or the
        // data of its revert, which is not read back except to revert with it.
        assembly ("memory-safe") {
            ok := staticcall(gas(), verifier, add(data, 0x20), mload(data), add(data, 0x20), 0x60)
            if iszero(ok) {
                let free := mload(0x40)
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
            // An address without code succeeds and returns nothing.
            ok := eq(returndatasize(), 0x60)
            isVoid := iszero(iszero(mload(add(data, 0x20))))
            newModelCommitment := add(data, 0x40)
        }
        assert(ok);
    }

    /// @dev The fields of a `RoundStatement` in their order, lists as offsets.
    function _head(
        Project storage project,
        SettleRound calldata request,
        G1 memory model,
        uint256 termsLength
    ) private view returns (uint256[11] memory) {
        ProjectTerms storage terms = project.terms;
        return
            [
                uint256(uint160(address(this))),
                request.projectId,
                request.roundIndex,
                // Whose turn it is has been checked; the proof has to be its own.
                uint256(uint160(msg.sender)),
                terms.ruleId,
                terms.slots,
                terms.parameterCount,
                _STATEMENT_HEAD,
                model.x,
                model.y,
                _STATEMENT_HEAD + 0x20 * (termsLength + 1)
            ];
    }

    /// @dev `abi.encodeCall(IRoundVerifier.requireProven, (statement, request.proof))`. `VerifierCall.t.sol` compares the two.
    function _encode(
        SettleRound calldata request,
        uint256[11] memory head,
        uint256 mask,
        G1 memory last,
        uint256[] memory termsWords
    ) private pure returns (bytes memory data) {
        G1 calldata first = request.referenceCommitment;
        G1 calldata second = request.payGradientCommitment;
        G1[] calldata updates = request.commitments;
        RoundProof calldata proof = request.proof;
        uint256[] calldata outcomeWords = proof.outcomeWords;
        bytes4 selector = IRoundVerifier.requireProven.selector;
        // Memory bounds: everything is written from the free memory pointer on, which is moved behind it at the end. The decoder
        // has checked that no list ends behind the call's data; what lies outside of it is read as zeros, which prove nothing. At most
        // `slots - 3` have submitted. A proof's head is 27 words: 16, the offset of its list, 10.
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(add(data, 0x20), selector)
            let body := add(data, 0x24)
            mstore(body, 0x40)
            let end := add(body, 0x40)
            mcopy(end, head, _STATEMENT_HEAD)
            end := add(end, _STATEMENT_HEAD)
            let length := shl(5, add(mload(termsWords), 1))
            mcopy(end, termsWords, length)
            end := add(end, length)

            let slots := mload(add(head, 0xa0))
            mstore(end, slots)
            let point := add(end, 0x20)
            end := add(point, shl(6, slots))
            calldatacopy(point, first, 0x40)
            calldatacopy(add(point, 0x40), second, 0x40)
            mcopy(add(point, 0x80), last, 0x40)
            length := add(shl(6, updates.length), 0xc0)
            calldatacopy(add(point, 0xc0), updates.offset, sub(length, 0xc0))
            calldatacopy(add(point, length), calldatasize(), sub(sub(end, point), length))
            // An inactive slot has no point: no pay gradient or aggregate, or an excluded update.
            for {
                let inactive := and(not(mask), sub(shl(shr(6, length), 1), 1))
            } inactive {
                inactive := shr(1, inactive)
                point := add(point, 0x40)
            } {
                if and(inactive, 1) {
                    mstore(point, 0)
                    mstore(add(point, 0x20), 0)
                }
            }

            mstore(add(body, 0x20), sub(end, body))
            calldatacopy(end, proof, 0x200)
            mstore(add(end, 0x200), 0x360)
            calldatacopy(add(end, 0x220), add(proof, 0x220), 0x140)
            mstore(add(end, 0x360), outcomeWords.length)
            calldatacopy(add(end, 0x380), outcomeWords.offset, shl(5, outcomeWords.length))
            end := add(add(end, 0x380), shl(5, outcomeWords.length))
            mstore(data, sub(end, add(data, 0x20)))
            mstore(0x40, and(add(end, 0x1f), not(0x1f)))
        }
    }
}
