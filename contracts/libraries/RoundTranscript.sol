// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "../types/G1.sol";
import {GramProofData} from "../types/GramProofData.sol";
import {RoundProof} from "../types/RoundProof.sol";
import {RoundStatement} from "../types/RoundStatement.sol";
import {Bn254} from "./Bn254.sol";

/// @title The Fiat-Shamir transcript of a round's proof
/// @notice Every challenge is a hash of everything that was fixed before it, so that a prover cannot choose any of it
/// afterwards.
/// @dev Twin: `transcript.ts` in services/protocol; shared vectors in test/vectors/gram-proof.json.
///
/// ```
/// context = keccak(DOMAIN, chainId, market, projectId, roundIndex, aggregator, ruleId, n, d, terms..., C_M.x, C_M.y)
/// h0      = keccak(context, n + 1, d, C_0.x, C_0.y, ..., C_n.x, C_n.y, gramHash, outcome...)
///                                                                                    alpha  = h0 mod p
/// h1      = keccak(h0, mu, rhoA, S.x, S.y, R.x, R.y)                                 zeta   = h1 mod p
/// h2      = keccak(h1, a, aInv, s)                                                   gamma  = h2 mod p
/// h3      = keccak(h2, Q.x, Q.y)                                                     z      = h3 mod p
/// h4      = keccak(h3, W.x, W.y, C_agg.x, C_agg.y, Groth16 proof (8 words))          delta  = h4 mod p
/// h5      = keccak(h4, 1)                                                            merge  = h5 mod p
/// ```
library RoundTranscript {
    bytes32 internal constant DOMAIN = keccak256("commonweight/gram/v2");

    /// @dev The challenges, each below the scalar field's order.
    /// @param alpha Combines the slots: slot `i` has the factor `alpha^(2^i)`.
    /// @param zeta Where the polynomials are opened, together with its inverse.
    /// @param gamma Combines the polynomials that are opened.
    /// @param z Where the quotient Q is checked.
    /// @param delta Combines the Gram proof and the claim that the aggregate is the weighted sum.
    /// @param merge Combines the Gram proof's pairing equation and the rule's.
    struct Challenges {
        uint256 alpha;
        uint256 zeta;
        uint256 gamma;
        uint256 z;
        uint256 delta;
        uint256 merge;
    }

    /// @dev Every challenge of a round's proof.
    function challenges(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) internal view returns (Challenges memory drawn) {
        G1 calldata aggregate = proof.aggregateCommitment;
        GramProofData calldata gram = proof.gram;
        bytes32 hash = initialHash(statement, proof);
        drawn.alpha = _toScalar(hash);
        // The assembly below writes its preimages behind the free memory, which it does not keep. Its offsets are those of the
        // fields of `GramProofData` (static, inline): S 0x00, R 0x40, Q 0x80, W 0xc0, mu 0x100, rhoA 0x120, a 0x140, aInv 0x160, s
        // 0x180. Tests with shared vectors would fail for any other order.
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, hash)
            calldatacopy(add(preimage, 0x20), add(gram, 0x100), 0x40)
            calldatacopy(add(preimage, 0x60), gram, 0x80)
            hash := keccak256(preimage, 0xe0)
        }
        drawn.zeta = _toScalar(hash);
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, hash)
            calldatacopy(add(preimage, 0x20), add(gram, 0x140), 0x60)
            hash := keccak256(preimage, 0x80)
        }
        drawn.gamma = _toScalar(hash);
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, hash)
            calldatacopy(add(preimage, 0x20), add(gram, 0x80), 0x40)
            hash := keccak256(preimage, 0x60)
        }
        drawn.z = _toScalar(hash);
        // The aggregate (2 words) and the rule's proof (8 words) follow each other in `RoundProof`.
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, hash)
            calldatacopy(add(preimage, 0x20), add(gram, 0xc0), 0x40)
            calldatacopy(add(preimage, 0x60), aggregate, 0x140)
            hash := keccak256(preimage, 0x1a0)
        }
        drawn.delta = _toScalar(hash);
        assembly ("memory-safe") {
            mstore(0x00, hash)
            mstore(0x20, 1)
            hash := keccak256(0x00, 0x40)
        }
        drawn.merge = _toScalar(hash);
    }

    /// @dev h0: everything that is fixed before alpha. The Gram matrix must be among it (by its hash): if it came
    /// after alpha, a prover could search a false matrix with the right `mu`. So must the outcome: it is folded with powers of alpha,
    /// and two words that were chosen afterwards could make up for each other.
    function initialHash(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) internal view returns (bytes32 hash) {
        bytes32 contextHash = context(statement);
        uint256 parameterCount = statement.parameterCount;
        G1[] calldata commitments = statement.commitments;
        G1 calldata dummyCommitment = proof.dummyCommitment;
        uint256 gramHash = proof.gramHash;
        uint256[] calldata outcomeWords = proof.outcomeWords;
        // The preimage goes behind the free memory, which is not kept. Points and words lie one after the other in the call's data, 64
        // and 32 bytes each, and the decoder has checked that all of them lie within it.
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, contextHash)
            mstore(add(preimage, 0x20), add(commitments.length, 1))
            mstore(add(preimage, 0x40), parameterCount)
            let end := add(preimage, 0x60)
            let length := shl(6, commitments.length)
            calldatacopy(end, commitments.offset, length)
            end := add(end, length)
            calldatacopy(end, dummyCommitment, 0x40)
            mstore(add(end, 0x40), gramHash)
            end := add(end, 0x60)
            length := shl(5, outcomeWords.length)
            calldatacopy(end, outcomeWords.offset, length)
            hash := keccak256(preimage, sub(add(end, length), preimage))
        }
    }

    /// @dev What the proof is about, apart from the commitments. Binds it to one chain, market, project, round and
    /// rule, and to who settles: a standby that finds the proof in a late aggregator's transaction cannot settle with it.
    function context(RoundStatement calldata statement) internal view returns (bytes32 hash) {
        uint256[] calldata termsWords = statement.termsWords;
        G1 calldata model = statement.modelCommitment;
        bytes memory head = abi.encode(
            DOMAIN,
            block.chainid,
            statement.market,
            statement.projectId,
            statement.roundIndex,
            statement.aggregator,
            statement.ruleId,
            statement.slots,
            statement.parameterCount
        );
        // `head` was just allocated, so that free memory begins where its nine words end; the terms and the model are written
        // there and not kept.
        assembly ("memory-safe") {
            let end := add(head, 0x140)
            let length := shl(5, termsWords.length)
            calldatacopy(end, termsWords.offset, length)
            calldatacopy(add(end, length), model, 0x40)
            hash := keccak256(add(head, 0x20), add(length, 0x160))
        }
    }

    function _toScalar(bytes32 hash) private pure returns (uint256) {
        return uint256(hash) % Bn254.SCALAR_FIELD;
    }
}
