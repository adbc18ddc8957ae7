pragma circom 2.1.9;

// One public signal in place of many: outcome words, terms words and mu as coefficients of a polynomial in alpha,
// out = word[0] + alpha word[1] + ... + alpha^(count-1) word[count-1] + alpha^count mu.
//
// Sound because alpha is drawn after everything that decides the coefficients. The contract's own words are hashed into alpha; the
// circuit's terms and matrix are bound by gramHash, which is hashed into alpha too, and its outcome follows from them. Two different
// lists of words, or a mu that is not that of the commitments, agree on at most 2^(slots+1) + count values of alpha; powers of alpha in
// mu begin with the second, so that no word can stand in for a part of it. A word that the prover could choose after alpha would break
// this: it solves one linear equation.
// Twins: `foldSignals` in services/protocol/round/public-signals.ts, `PublicSignals.sol`.
template FoldedSignals(count) {
    signal input alpha;
    signal input word[count];
    signal input mu;
    signal output out;

    signal tail[count];
    tail[count - 1] <== alpha * mu;
    for (var k = count - 1; k > 0; k--) {
        tail[k - 1] <== alpha * (word[k] + tail[k]);
    }
    out <== word[0] + tail[0];
}
