pragma circom 2.1.9;

// Proves that a round was decided by the trust rule.
//
// Given the Gram matrix of the slots (0 = reference r, 1 = pay gradient g, 2 = last aggregate p, then the trainers), which the Gram
// proof ties to the commitments through alpha, mu and gramHash, it shows who is accepted (norm band, direction towards r, no
// duplicate, no stale copy), with which weight (trust weights that sum to 1024; all 0 when fewer than half are accepted) and what
// share of the pay each accepted trainer has. It shows nothing about the model's size, and does not grow with it.
//
// Public signals, in this order: outcome[] (see OutcomeWords), alpha, mu, gramHash, terms[] (see RoundTerms).
// Private: the upper triangle of the Gram matrix, the dummy's row, the salt.
// Preconditions (by the contract): alpha is the transcript's challenge; terms come from the contract's state.
// Source: docs/rules.md. Twin: services/protocol/trust-rule.ts.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "./lib/Comparison.circom";
include "./lib/ContributionShares.circom";
include "./lib/DerivedWeights.circom";
include "./lib/Division.circom";
include "./lib/GramEquation.circom";
include "./lib/GramHash.circom";
include "./lib/GramIndex.circom";
include "./lib/OutcomeWords.circom";
include "./lib/RoundTerms.circom";
include "./lib/SurvivorFilter.circom";

template TrustRule(slots) {
    var trainers = slots - 3;
    var outcomeWords = (trainers + 7) \ 8;
    var termsWords = trainers > 15 ? 2 : 1;
    // base weight (10 bits) * <u, r> (54) * 2^23
    var rawBits = 87;

    signal output outcome[outcomeWords];
    signal input alpha;
    signal input mu;
    signal input gramHash;
    signal input terms[termsWords];
    signal input gram[gramLength(slots)];
    signal input dummyRow[slots + 1];
    signal input salt;

    // The matrix is the committed one.
    component hash = GramHash(slots);
    hash.salt <== salt;
    hash.gram <== gram;
    hash.dummyRow <== dummyRow;
    hash.out === gramHash;
    component equation = GramEquation(slots);
    equation.alpha <== alpha;
    equation.gram <== gram;
    equation.dummyRow <== dummyRow;
    equation.mu === mu;

    component round = RoundTerms(slots);
    round.terms <== terms;
    // The trust rule has no parameters of its own: other values would be other terms for the same round.
    round.parameterA === 0;
    round.parameterB === 0;

    component filter = SurvivorFilter(slots);
    filter.gram <== gram;
    filter.isActive <== round.isActive;
    filter.normBoundSquared <== round.normBoundSquared;

    // Trust weight: floor(base weight * <u, r> * 2^23 / max(8 |u|^2, |r|^2)), 0 for whoever is not accepted.
    var reference = gramIndex(0, 0, slots);
    component isShort[trainers];
    signal longest[trainers];
    signal divisor[trainers];
    signal claim[trainers];
    signal numerator[trainers];
    component raw[trainers];
    var accepted = 0;
    var active = 0;
    var rawSum = 0;
    for (var t = 0; t < trainers; t++) {
        var slot = t + 3;
        isShort[t] = IsLess(58);
        isShort[t].a <== 8 * gram[gramIndex(slot, slot, slots)] + (1 << 57);
        isShort[t].b <== gram[reference] + (1 << 57);
        longest[t] <== 8 * gram[gramIndex(slot, slot, slots)]
            + isShort[t].out * (gram[reference] - 8 * gram[gramIndex(slot, slot, slots)]);
        divisor[t] <== 1 + filter.isSurvivor[t] * (longest[t] - 1);
        claim[t] <== round.baseWeight[t] * gram[gramIndex(0, slot, slots)];
        numerator[t] <== filter.isSurvivor[t] * claim[t] * (1 << 23);
        raw[t] = FloorDivision(rawBits, 58);
        raw[t].numerator <== numerator[t];
        raw[t].divisor <== divisor[t];
        accepted += filter.isSurvivor[t];
        active += round.isActive[slot];
        rawSum += raw[t].quotient;
    }

    // Void when fewer than half of the active trainers are accepted, or nobody has a weight.
    component isFew = IsLess(6);
    isFew.a <== 2 * accepted;
    isFew.b <== active;
    component isNobody = IsZero();
    isNobody.in <== rawSum;
    signal isVoid <== isFew.out + isNobody.out - isFew.out * isNobody.out;

    component weights = DerivedWeights(trainers, rawBits);
    weights.isVoid <== isVoid;
    for (var t = 0; t < trainers; t++) {
        weights.raw[t] <== raw[t].quotient;
    }
    component shares = ContributionShares(slots);
    shares.gram <== gram;
    shares.hasPayGradient <== round.isActive[1];
    shares.isVoid <== isVoid;
    shares.isAlong <== filter.isAlong;
    shares.isSurvivor <== filter.isSurvivor;
    shares.weight <== weights.weight;

    component words = OutcomeWords(trainers);
    words.share <== shares.share;
    words.weight <== weights.weight;
    words.verdict <== filter.verdict;
    outcome <== words.out;
}
