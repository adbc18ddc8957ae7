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
///    The proof leaves `s'` out: it is computed from the others, and step 2 checks it.
/// 2. `e(F, [1]) = e((1 - zeta^2) W, [tau])` says that `a, a'` are the values of A at zeta and `1 / zeta` and `s, s'` those
///    of S: what is opened there, divided by `(X - zeta)(zeta X - 1)`, is the committed Q. That is checked at z, where
///    the divisor is `l m` with `l = z - zeta`, `m = zeta z - 1`:
///    `F = (1 - zeta^2) (sum alpha_i C_i - rhoA H + gamma S + gamma^2 m (R - zeta^(d-1) a' G) - l m Q + z W)
///         - (zeta l (a' + gamma s') - m (a + gamma s)) G`.
///    The factor `1 - zeta^2` takes the place of an inverse: the line through `(zeta, a)` and `(1 / zeta, a')` has at z
///    the value `(zeta l a' - m a) / (1 - zeta^2)`.
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
    }

    /// @dev Refuses a word that is not below the scalar field's order.
    function requireScalar(uint256 value) internal pure {
        if (value >= P) revert IRoundVerifier.RoundVerifierScalarTooLarge(value);
    }

    /// @dev Refuses challenges that would switch a part of the proof off.
    function requireChallenges(RoundTranscript.Challenges memory drawn) internal pure {
        // alpha = 0 would take every slot out of the combination, merge = 0 both equations of this proof. With zeta = 0 there is no
        // second point, with zeta = 1 or -1 it is the first.
        uint256 product = _mul(_mul(drawn.alpha, drawn.merge), _mul(drawn.zeta, _unit(drawn.zeta)));
        if (product == 0) revert IRoundVerifier.RoundVerifierDegenerateChallenge();
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
        uint256 weight = _mul(drawn.merge, _unit(drawn.zeta));
        uint256 mergeDelta = _mul(drawn.merge, drawn.delta);

        uint256 factor = _addSlots(sum, statement, drawn.alpha, weight, mergeDelta, weights);
        Bn254.addMul(sum, proof.dummyCommitment, _mul(factor, weight));
        Bn254.addMul(sum, blindingBase.x, blindingBase.y, P - _mul(gram.rhoA, weight));

        uint256 factorL = _sub(drawn.z, drawn.zeta);
        uint256 factorM = _sub(_mul(drawn.zeta, drawn.z), 1);
        uint256 weightS = _mul(weight, drawn.gamma);
        uint256 weightR = _mul(_mul(weightS, drawn.gamma), factorM);
        Bn254.addMul(sum, gram.S, weightS);
        Bn254.addMul(sum, gram.R, weightR);
        Bn254.addMul(sum, gram.Q, P - _mul(_mul(factorL, factorM), weight));
        Bn254.addMul(sum, gram.W, _mul(weight, drawn.z));

        uint256 reversed = _mul(Bn254.power(drawn.zeta, statement.parameterCount - 1, P), gram.aInv);
        uint256 opened = _add(_mul(drawn.merge, _openedLine(gram, drawn, factorL, factorM)), _mul(weightR, reversed));
        Bn254.addMul(sum, Bn254.GENERATOR_X, Bn254.GENERATOR_Y, P - opened);

        G1 calldata aggregate = proof.aggregateCommitment;
        if (aggregate.x != 0 || aggregate.y != 0) {
            Bn254.addMul(sum, aggregate, P - mergeDelta);
        }
    }

    /// @dev The other side of step 2: adds `-merge * (1 - zeta^2) * W` to the sum.
    function addQuotient(
        Bn254.Accumulator memory sum,
        GramProofData calldata gram,
        RoundTranscript.Challenges memory drawn
    ) internal view {
        Bn254.addMul(sum, gram.W, P - _mul(drawn.merge, _unit(drawn.zeta)));
    }

    /// @dev Adds `sum (alpha_i * gramWeight + w_i * mergeDelta) * C_i` and returns the dummy's factor `alpha^(2^n)`. An
    /// inactive slot is skipped: its row of the Gram matrix is then forced to zero by the identity.
    function _addSlots(
        Bn254.Accumulator memory sum,
        RoundStatement calldata statement,
        uint256 alpha,
        uint256 gramWeight,
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
                    let scalar := mulmod(factor, gramWeight, p)
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

    /// @dev `zeta l (a' + gamma s') - m (a + gamma s)`, with the `s'` that step 1 asks for; l and m are the divisor's factors at z.
    function _openedLine(
        GramProofData calldata gram,
        RoundTranscript.Challenges memory drawn,
        uint256 factorL,
        uint256 factorM
    ) private pure returns (uint256) {
        uint256 right = _add(gram.mu, _mul(drawn.zeta, gram.s));
        uint256 sInv = _mul(drawn.zeta, _sub(_mul(gram.a, gram.aInv), right));
        uint256 atZeta = _add(gram.a, _mul(drawn.gamma, gram.s));
        uint256 atInverse = _add(gram.aInv, _mul(drawn.gamma, sInv));
        return _sub(_mul(_mul(drawn.zeta, factorL), atInverse), _mul(factorM, atZeta));
    }

    /// @dev `1 - zeta^2`.
    function _unit(uint256 zeta) private pure returns (uint256) {
        return _sub(1, _mul(zeta, zeta));
    }

    function _mul(uint256 left, uint256 right) private pure returns (uint256) {
        return mulmod(left, right, P);
    }

    function _add(uint256 left, uint256 right) private pure returns (uint256) {
        return addmod(left, right, P);
    }

    /// @dev Takes only a `right` that is below the field's order.
    function _sub(uint256 left, uint256 right) private pure returns (uint256) {
        return addmod(left, P - right, P);
    }
}
