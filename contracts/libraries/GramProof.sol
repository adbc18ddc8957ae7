// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IRoundVerifier} from "../interfaces/IRoundVerifier.sol";
import {G1} from "../types/G1.sol";
import {GramProofData} from "../types/GramProofData.sol";
import {RoundProof} from "../types/RoundProof.sol";
import {RoundStatement} from "../types/RoundStatement.sol";
import {Bn254} from "./Bn254.sol";
import {PublicSignals} from "./PublicSignals.sol";
import {RoundTranscript} from "./RoundTranscript.sol";

/// @title The Gram proof: the Gram matrix that the rule was run on belongs to the committed updates
/// @notice With `alpha_i = alpha^(2^i)`, `A = sum alpha_i U_i` over all slots and the dummy:
///
/// 1. `a a' = mu + zeta s + s' / zeta` says that `mu` is the constant term of `A(X) A(1/X)`, that is `<A, A>`. The
///    products `alpha_i alpha_j` are distinct powers of alpha, so that `<A, A>` pins every single entry of the matrix.
/// 2. `e(F, [1]) = e(W1 + rr W2, [tau])` says that the values are those of the committed polynomials, where
///    `F = sum alpha_i o C_i - rhoA o H + gamma o S + gamma^2 R + zeta W1 + (rr / zeta) W2
///         - (a + gamma s + gamma^2 zeta^(d-1) a' + rr (a' + gamma s')) G`  and  `o = 1 + rr`.
/// 3. R is opened at zeta to `zeta^(d-1) A(1/zeta)`. That R is a polynomial at all bounds the degree of `A` by `d`: no
///    trainer can hide values behind the model's end to forge a norm.
///
/// To `F` comes `delta (sum w_i C_i - C_agg)`: so the same multiplications check the aggregate.
/// @dev Twin: `verifyGram` in services/protocol.
library GramProof {
    /// @dev The field of all scalars below.
    uint256 private constant P = Bn254.SCALAR_FIELD;

    /// @dev Refuses words that are not scalars. Multiplications reduce silently but hashes do not: `x + p` would be a
    /// second encoding of the same proof under other challenges.
    function requireScalars(GramProofData calldata gram) internal pure {
        requireScalar(gram.mu);
        requireScalar(gram.rhoA);
        requireScalar(gram.a);
        requireScalar(gram.aInv);
        requireScalar(gram.s);
        requireScalar(gram.sInv);
        requireScalar(gram.zetaInv);
    }

    /// @dev Refuses a word that is not below the scalar field's order.
    function requireScalar(uint256 value) internal pure {
        if (value >= P) revert IRoundVerifier.RoundVerifierScalarTooLarge(value);
    }

    /// @dev Step 1: the identity between the opened values.
    function requireIdentity(GramProofData calldata gram, RoundTranscript.Challenges memory drawn) internal pure {
        // alpha = 0 would take every slot out of the combination; zeta = 0 has no inverse and so fails the second
        // check.
        if (drawn.alpha == 0 || drawn.merge == 0) revert IRoundVerifier.RoundVerifierZeroChallenge();
        if (_mul(drawn.zeta, gram.zetaInv) != 1) {
            revert IRoundVerifier.RoundVerifierWrongInverse(drawn.zeta, gram.zetaInv);
        }
        uint256 right = _add(gram.mu, _add(_mul(drawn.zeta, gram.s), _mul(gram.zetaInv, gram.sInv)));
        if (_mul(gram.a, gram.aInv) != right) revert IRoundVerifier.RoundVerifierIdentityFailed();
    }

    /// @dev Step 2: adds `merge * (F + delta * (sum w_i C_i - C_agg))` to the sum.
    /// @param weights The weight of every trainer's update in the aggregate.
    function addCombination(
        Bn254.Accumulator memory sum,
        RoundStatement calldata statement,
        RoundProof calldata proof,
        RoundTranscript.Challenges memory drawn,
        uint16[] memory weights,
        G1 memory blindingBase
    ) internal view {
        GramProofData calldata gram = proof.gram;
        uint256 merge = drawn.merge;
        // merge * (1 + rr): the polynomials A and S are opened at both points.
        uint256 both = _add(merge, _mul(merge, drawn.rr));
        uint256 mergeDelta = _mul(merge, drawn.delta);

        uint256 factor = _addSlots(sum, statement, drawn.alpha, both, mergeDelta, weights);
        Bn254.addMul(sum, proof.dummyCommitment, _mul(factor, both));
        Bn254.addMul(sum, blindingBase.x, blindingBase.y, P - _mul(gram.rhoA, both));

        uint256 mergeGamma = _mul(merge, drawn.gamma);
        Bn254.addMul(sum, gram.S, _mul(both, drawn.gamma));
        Bn254.addMul(sum, gram.R, _mul(mergeGamma, drawn.gamma));
        Bn254.addMul(sum, gram.W1, _mul(merge, drawn.zeta));
        Bn254.addMul(sum, gram.W2, _mul(_mul(merge, drawn.rr), gram.zetaInv));

        uint256 opened = _mul(merge, _openedValue(gram, drawn, statement.parameterCount));
        Bn254.addMul(sum, Bn254.GENERATOR_X, Bn254.GENERATOR_Y, P - opened);

        G1 calldata aggregate = proof.aggregateCommitment;
        if (aggregate.x != 0 || aggregate.y != 0) {
            Bn254.addMul(sum, aggregate, P - mergeDelta);
        }
    }

    /// @dev The other side of step 2: adds `-merge * (W1 + rr W2)` to the sum.
    function addOpenings(
        Bn254.Accumulator memory sum,
        GramProofData calldata gram,
        RoundTranscript.Challenges memory drawn
    ) internal view {
        uint256 negated = P - drawn.merge;
        Bn254.addMul(sum, gram.W1, negated);
        Bn254.addMul(sum, gram.W2, _mul(negated, drawn.rr));
    }

    /// @dev Adds `sum (alpha_i * both + w_i * mergeDelta) * C_i` and returns the dummy's factor `alpha^(2^n)`. An
    /// inactive slot is skipped: its row of the Gram matrix is then forced to zero by the identity.
    function _addSlots(
        Bn254.Accumulator memory sum,
        RoundStatement calldata statement,
        uint256 alpha,
        uint256 both,
        uint256 mergeDelta,
        uint16[] memory weights
    ) private view returns (uint256 factor) {
        G1[] calldata commitments = statement.commitments;
        uint256 pointMask = 0;
        uint256 refused = type(uint256).max;
        factor = alpha;
        uint256 p = P;
        // `Bn254.addMul` for each active slot, written out: at 16 slots the calls alone would take 4,000 gas.
        // Memory bounds: `sum` is a struct of 5 words; ecMul (0x07) reads its bytes 64..159 and writes 64..127, ecAdd (0x06) reads
        // bytes 0..127 and writes 0..63. Reads the call's data at each element, whose number the decoder has checked, and memory at
        // element `slot - 3` of `weights`, whose length `RoundVerifier` makes `commitments.length - 3`.
        assembly ("memory-safe") {
            let point := add(sum, 0x40)
            let element := commitments.offset
            // Where slot 0 would have its weight: slot 3 has the first.
            let weight := sub(weights, 0x40)
            for {
                let slot := 0
            } lt(slot, commitments.length) {
                slot := add(slot, 1)
            } {
                calldatacopy(point, element, 0x40)
                if or(mload(point), mload(add(point, 0x20))) {
                    pointMask := or(pointMask, shl(slot, 1))
                    let scalar := mulmod(factor, both, p)
                    if gt(slot, 2) {
                        scalar := addmod(scalar, mulmod(mload(weight), mergeDelta, p), p)
                    }
                    mstore(add(sum, 0x80), scalar)
                    let ok := staticcall(gas(), 0x07, point, 0x60, point, 0x40)
                    if iszero(and(ok, staticcall(gas(), 0x06, sum, 0x80, sum, 0x40))) {
                        refused := slot
                        break
                    }
                }
                factor := mulmod(factor, factor, p)
                element := add(element, 0x40)
                weight := add(weight, 0x20)
            }
        }
        if (refused != type(uint256).max) {
            revert Bn254.Bn254InvalidPoint(commitments[refused].x, commitments[refused].y);
        }
        uint256 activeMask = PublicSignals.activeMask(statement.termsWords[0]);
        if (pointMask != activeMask) revert IRoundVerifier.RoundVerifierCommitmentMismatch(activeMask, pointMask);
    }

    /// @dev `a + gamma s + gamma^2 zeta^(d-1) a' + rr (a' + gamma s')`.
    function _openedValue(
        GramProofData calldata gram,
        RoundTranscript.Challenges memory drawn,
        uint256 parameterCount
    ) private view returns (uint256) {
        uint256 reversed = _mul(Bn254.power(drawn.zeta, parameterCount - 1, P), gram.aInv);
        // a + gamma * (s + gamma * reversed)
        uint256 atZeta = _add(gram.a, _mul(drawn.gamma, _add(gram.s, _mul(drawn.gamma, reversed))));
        uint256 atInverse = _add(gram.aInv, _mul(drawn.gamma, gram.sInv));
        return _add(atZeta, _mul(drawn.rr, atInverse));
    }

    function _mul(uint256 left, uint256 right) private pure returns (uint256) {
        return mulmod(left, right, P);
    }

    function _add(uint256 left, uint256 right) private pure returns (uint256) {
        return addmod(left, right, P);
    }
}
