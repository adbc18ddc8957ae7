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
/// @dev Twin: `transcript.ts` in services/protocol; shared vectors in test/vectors/transcript.json.
///
/// ```
/// context = keccak(DOMAIN, chainId, market, projectId, roundIndex, ruleId, n, d, terms..., C_M.x, C_M.y)
/// h0      = keccak(context, n + 1, d, C_0.x, C_0.y, ..., C_n.x, C_n.y, gramHash)     alpha  = h0 mod p
/// h1      = keccak(h0, mu, rhoA, S.x, S.y, R.x, R.y)                                 zeta   = h1 mod p
/// h2      = keccak(h1, a, aInv, s, sInv)                                             gamma  = h2 mod p
/// h3      = keccak(h2, W1.x, W1.y, W2.x, W2.y)                                       rr     = h3 mod p
/// h4      = keccak(h3, outcome..., C_agg.x, C_agg.y, Groth16 proof (8 words))        delta  = h4 mod p
/// h5      = keccak(h4, 1)                                                            merge  = h5 mod p
/// ```
library RoundTranscript {
    bytes32 internal constant DOMAIN = keccak256("commonweight/gram/v1");

    /// @dev The challenges, each below the scalar field's order.
    /// @param alpha Combines the slots: slot `i` has the factor `alpha^(2^i)`.
    /// @param zeta Where the polynomials are opened, together with its inverse.
    /// @param gamma Combines the polynomials that are opened at one point.
    /// @param rr Combines the openings at the two points.
    /// @param delta Combines the Gram proof and the claim that the aggregate is the weighted sum.
    /// @param merge Combines the Gram proof's pairing equation and the rule's.
    struct Challenges {
        uint256 alpha;
        uint256 zeta;
        uint256 gamma;
        uint256 rr;
        uint256 delta;
        uint256 merge;
    }

    /// @dev Every challenge of a round's proof.
    function challenges(
        RoundStatement calldata statement,
        RoundProof calldata proof
    ) internal view returns (Challenges memory drawn) {
        GramProofData calldata gram = proof.gram;
        bytes32 hash = commitmentHash(statement, proof.dummyCommitment, proof.gramHash);
        drawn.alpha = _toScalar(hash);
        hash = keccak256(abi.encode(hash, gram.mu, gram.rhoA, gram.S, gram.R));
        drawn.zeta = _toScalar(hash);
        hash = keccak256(abi.encode(hash, gram.a, gram.aInv, gram.s, gram.sInv));
        drawn.gamma = _toScalar(hash);
        hash = keccak256(abi.encode(hash, gram.W1, gram.W2));
        drawn.rr = _toScalar(hash);
        hash = keccak256(
            abi.encodePacked(
                hash,
                proof.outcomeWords,
                proof.aggregateCommitment.x,
                proof.aggregateCommitment.y,
                proof.groth16
            )
        );
        drawn.delta = _toScalar(hash);
        drawn.merge = _toScalar(keccak256(abi.encode(hash, uint256(1))));
    }

    /// @dev h0: everything that is fixed before alpha. The Gram matrix must be among it (by its hash): if it came
    /// after alpha, a prover could search a false matrix with the right `mu`.
    function commitmentHash(
        RoundStatement calldata statement,
        G1 calldata dummyCommitment,
        uint256 gramHash
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    context(statement),
                    statement.commitments.length + 1,
                    uint256(statement.parameterCount),
                    _words(statement.commitments),
                    dummyCommitment.x,
                    dummyCommitment.y,
                    gramHash
                )
            );
    }

    /// @dev What the proof is about, apart from the commitments. Binds it to one chain, market, project, round and
    /// rule.
    function context(RoundStatement calldata statement) internal view returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    DOMAIN,
                    block.chainid,
                    uint256(uint160(statement.market)),
                    statement.projectId,
                    statement.roundIndex,
                    uint256(statement.ruleId),
                    uint256(statement.slots),
                    uint256(statement.parameterCount),
                    statement.termsWords,
                    statement.modelCommitment.x,
                    statement.modelCommitment.y
                )
            );
    }

    /// @dev The coordinates of the points one after the other, as they lie in the call's data: no copy in a loop.
    function _words(G1[] calldata points) private pure returns (bytes calldata words) {
        // Touches no memory. The decoder has checked that `points.length` elements of 64 bytes lie within the call's
        // data.
        assembly ("memory-safe") {
            words.offset := points.offset
            words.length := mul(points.length, 0x40)
        }
    }

    function _toScalar(bytes32 hash) private pure returns (uint256) {
        return uint256(hash) % Bn254.SCALAR_FIELD;
    }
}
