pragma circom 2.1.9;

include "./GramEquation.circom";
include "./GramHash.circom";
include "./GramIndex.circom";
include "./GramRanges.circom";

// Terms and matrix are those whose hash was fixed before alpha was drawn, and all entries are in range. Puts out the matrix's combination
// with the powers of alpha, mu, which the Gram proof ties to the commitments.
// Signs of two rows are by-products: see `GramRanges`.
template CommittedGram(slots) {
    var trainers = slots - 3;

    signal input alpha;
    signal input gramHash;
    signal input terms[slots == 32 ? 2 : 1];
    signal input gram[gramLength(slots)];
    signal input dummyRow[slots + 1];
    signal input salt;
    signal output mu;
    signal output isForward[trainers];
    signal output isAlongLast[trainers];
    signal output hasLast;

    component ranges = GramRanges(slots);
    ranges.gram <== gram;
    isForward <== ranges.isForward;
    isAlongLast <== ranges.isAlongLast;
    hasLast <== ranges.hasLast;

    component hash = GramHash(slots);
    hash.salt <== salt;
    hash.terms <== terms;
    hash.gram <== gram;
    hash.dummyRow <== dummyRow;
    hash.out === gramHash;

    component equation = GramEquation(slots);
    equation.alpha <== alpha;
    equation.gram <== gram;
    equation.dummyRow <== dummyRow;
    mu <== equation.mu;
}
