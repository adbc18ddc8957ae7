// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";

/// @notice The Gram proof: 13 words, whatever the size of the model and the number of trainers.
/// @dev Notation of docs/proof.md. `A = sum alpha_i U_i` is the combination of all committed vectors. Twin:
/// `GramProof` in services/protocol.
/// @param S Commitment to `S`, where `A(X) A(1/X) = mu + X S(X) + S(1/X) / X`.
/// @param R Commitment to `R = X^(d-1) A(1/X)`, which is a polynomial only if `A` has degree below `d`.
/// @param Q Commitment to the quotient of everything that is opened at `zeta` and `1 / zeta` by `(X - zeta)(zeta X - 1)`.
/// @param W Commitment to the quotient by `X - z` that shows, at one more point, that Q is the quotient.
/// @param mu The claimed `<A, A>`, which the round rule's circuit computes from the Gram matrix.
/// @param rhoA Blinding of the combined commitment.
/// @param a `A(zeta)`.
/// @param aInv `A(1 / zeta)`.
/// @param s `S(zeta)`. What `S(1 / zeta)` has to be follows from the other values.
struct GramProofData {
    G1 S;
    G1 R;
    G1 Q;
    G1 W;
    uint256 mu;
    uint256 rhoA;
    uint256 a;
    uint256 aInv;
    uint256 s;
}
