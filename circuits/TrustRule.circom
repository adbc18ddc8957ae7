pragma circom 2.1.9;

// Proves that a round was decided by the trust rule.
//
// Given the Gram matrix of the slots (0 = reference r, 1 = pay gradient g, 2 = last aggregate p, then the trainers), which the Gram
// proof ties to the commitments through alpha, mu and gramHash, it shows who is accepted (norm band, direction towards r, no
// duplicate, no stale copy), with which weight (trust weights that sum to 1024; all 0 when fewer than half are accepted) and what
// share of the pay each accepted trainer has. It shows nothing about the model's size, and does not grow with it.
//
// Public signals, in this order: folded (see FoldedSignals; the outcome's and the terms' words are in it, see OutcomeWords and
// RoundTerms), alpha, gramHash.
// Private: the terms, the upper triangle of the Gram matrix, the dummy's row, the salt.
// Preconditions (by the contract): alpha is the transcript's challenge, drawn after gramHash and the outcome; the terms that it folds come
// from its own state; commitments of inactive slots are left out of the Gram proof, whose equation then forces their entries to zero.
// Source: docs/rules.md. Twin: services/protocol/rule/trust-rule.ts.

include "circomlib/circuits/comparators.circom";
include "./lib/CommittedGram.circom";
include "./lib/FoldedSignals.circom";
include "./lib/GramIndex.circom";
include "./lib/IsQuorumMissed.circom";
include "./lib/RoundOutcome.circom";
include "./lib/RoundTerms.circom";
include "./lib/SurvivorFilter.circom";
include "./lib/TrustWeight.circom";

template TrustRule(slots) {
    var trainers = slots - 3;
    var rawBits = 33;

    var outcomeWords = (trainers + 7) \ 8;
    var termsWords = trainers > 15 ? 2 : 1;

    signal output folded;
    signal input alpha;
    signal input gramHash;
    signal input terms[termsWords];
    signal input gram[gramLength(slots)];
    signal input dummyRow[slots + 1];
    signal input salt;

    // Matrix and terms are the committed ones.
    component committed = CommittedGram(slots);
    committed.alpha <== alpha;
    committed.gramHash <== gramHash;
    committed.terms <== terms;
    committed.gram <== gram;
    committed.dummyRow <== dummyRow;
    committed.salt <== salt;

    component round = RoundTerms(slots);
    round.terms <== terms;
    // The trust rule has no parameters of its own: other values would be a second name for the same terms.
    round.parameterA === 0;
    round.parameterB === 0;

    component filter = SurvivorFilter(slots);
    filter.gram <== gram;
    filter.isActive <== round.isActive;
    filter.normBoundSquared <== round.normBoundSquared;
    filter.isForward <== committed.isForward;
    filter.isAlongLast <== committed.isAlongLast;
    filter.hasLast <== committed.hasLast;

    component trust[trainers];
    var rawSum = 0;
    for (var t = 0; t < trainers; t++) {
        trust[t] = TrustWeight();
        trust[t].isSurvivor <== filter.isSurvivor[t];
        trust[t].baseWeight <== round.baseWeight[t];
        trust[t].forward <== gram[gramIndex(0, t + 3, slots)];
        trust[t].norm <== gram[gramIndex(t + 3, t + 3, slots)];
        trust[t].referenceNorm <== gram[gramIndex(0, 0, slots)];
        rawSum += trust[t].raw;
    }

    // Void when fewer than half of the active trainers are accepted, or nobody has a weight.
    component quorum = IsQuorumMissed(slots);
    quorum.isSurvivor <== filter.isSurvivor;
    quorum.isActive <== round.isActive;
    component isWeightless = IsZero();
    isWeightless.in <== rawSum;
    signal isVoid <== quorum.out + isWeightless.out - quorum.out * isWeightless.out;

    component decided = RoundOutcome(slots, rawBits);
    decided.gram <== gram;
    decided.hasPayGradient <== round.isActive[1];
    decided.isVoid <== isVoid;
    decided.verdict <== filter.verdict;
    decided.copied <== filter.copied;
    for (var t = 0; t < trainers; t++) {
        decided.raw[t] <== trust[t].raw;
    }

    component statement = FoldedSignals(outcomeWords + termsWords);
    statement.alpha <== alpha;
    statement.mu <== committed.mu;
    for (var k = 0; k < outcomeWords; k++) {
        statement.word[k] <== decided.words[k];
    }
    for (var k = 0; k < termsWords; k++) {
        statement.word[outcomeWords + k] <== terms[k];
    }
    folded <== statement.out;
}
