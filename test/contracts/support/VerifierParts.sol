// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Bn254} from "../../../contracts/libraries/Bn254.sol";
import {GramProof} from "../../../contracts/libraries/GramProof.sol";
import {RoundTranscript} from "../../../contracts/libraries/RoundTranscript.sol";
import {G1} from "../../../contracts/types/G1.sol";
import {G2} from "../../../contracts/types/G2.sol";
import {RoundProof} from "../../../contracts/types/RoundProof.sol";
import {RoundStatement} from "../../../contracts/types/RoundStatement.sol";
import {VerifyingKey} from "../../../contracts/types/VerifyingKey.sol";

/// @title The two halves of the verifier, each with a pairing of its own
/// @notice For the gas table only: it shows what merging the pairings saves.
contract VerifierParts {
    /// @notice Whether the Gram proof holds. Pass a proof without an aggregate.
    function verifyGram(
        RoundStatement calldata statement,
        RoundProof calldata proof,
        G2 calldata tau,
        G1 calldata blindingBase
    ) external view returns (bool) {
        GramProof.requireScalars(proof.gram);
        RoundTranscript.Challenges memory drawn = RoundTranscript.challenges(statement, proof);
        drawn.merge = 1;
        GramProof.requireChallenges(drawn);
        Bn254.Accumulator memory left;
        uint16[] memory weights = new uint16[](statement.commitments.length - 3);
        GramProof.addCombination(left, statement, proof, drawn, weights, blindingBase);
        Bn254.Accumulator memory right;
        GramProof.addQuotient(right, proof.gram, drawn);
        return _isProductOne(bytes.concat(_pair(left.x, left.y, Bn254.g2Generator()), _pair(right.x, right.y, tau)));
    }

    /// @notice Whether the rule's proof holds for these public signals.
    function verifyRule(
        uint256[] calldata signals,
        uint256[8] calldata proof,
        VerifyingKey calldata key
    ) external view returns (bool) {
        Bn254.Accumulator memory sum;
        (sum.x, sum.y) = (key.ic[0].x, key.ic[0].y);
        for (uint256 i = 0; i < signals.length; ++i) {
            GramProof.requireScalar(signals[i]);
            Bn254.addMul(sum, key.ic[i + 1].x, key.ic[i + 1].y, signals[i]);
        }
        (uint256 x, uint256 y) = Bn254.negate(proof[0], proof[1]);
        return
            _isProductOne(
                bytes.concat(
                    abi.encode(x, y, proof[2], proof[3], proof[4], proof[5]),
                    _pair(key.alpha.x, key.alpha.y, key.beta),
                    _pair(sum.x, sum.y, key.gamma),
                    _pair(proof[6], proof[7], key.delta)
                )
            );
    }

    function _pair(uint256 x, uint256 y, G2 memory point) private pure returns (bytes memory) {
        return abi.encode(x, y, point);
    }

    function _isProductOne(bytes memory pairs) private view returns (bool) {
        (bool ok, bytes memory result) = address(0x08).staticcall(pairs);
        return ok && abi.decode(result, (uint256)) == 1;
    }
}
