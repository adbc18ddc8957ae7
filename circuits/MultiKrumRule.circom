pragma circom 2.1.9;

// Proves that a round was decided by multi-Krum after the common filter.
//
// Of the survivors, the m whose nearest k - f - 2 survivors lie closest are accepted, with weights in proportion to their base weights;
// void when fewer than half survive, or fewer than 2f + 3, for which the rule promises nothing. Statement, public signals, private
// inputs and preconditions are otherwise those of TrustRule.
//
// Public signals, in this order: folded (see FoldedSignals; the outcome's and the terms' words are in it, see OutcomeWords and
// RoundTerms; parameter A is f, B is m), alpha, gramHash.
// Source: docs/rules.md. Twin: services/protocol/rule/multi-krum-rule.ts. For 8 and 16 slots.

include "circomlib/circuits/comparators.circom";
include "./lib/CommittedGram.circom";
include "./lib/Comparison.circom";
include "./lib/FoldedSignals.circom";
include "./lib/GramIndex.circom";
include "./lib/IsQuorumMissed.circom";
include "./lib/KrumScores.circom";
include "./lib/LowestScores.circom";
include "./lib/RoundOutcome.circom";
include "./lib/RoundTerms.circom";
include "./lib/SurvivorFilter.circom";

template MultiKrumRule(slots) {
    var trainers = slots - 3;
    // Base weights serve as raw weights.
    var rawBits = 10;
    // At most 12 distances below 2^57.
    var scoreBits = 61;

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

    component filter = SurvivorFilter(slots);
    filter.gram <== gram;
    filter.isActive <== round.isActive;
    filter.normBoundSquared <== round.normBoundSquared;
    filter.isForward <== committed.isForward;
    filter.isAlongLast <== committed.isAlongLast;
    filter.hasLast <== committed.hasLast;

    // Void when fewer than half of the active trainers survive, fewer than 2f + 3, or when nobody is to be selected.
    var survivors = 0;
    for (var t = 0; t < trainers; t++) {
        survivors += filter.isSurvivor[t];
    }
    component quorum = IsQuorumMissed(slots);
    quorum.isSurvivor <== filter.isSurvivor;
    quorum.isActive <== round.isActive;
    component isUnsound = IsLess(7);
    isUnsound.a <== survivors;
    isUnsound.b <== 2 * round.parameterA + 3;
    component isNobodyWanted = IsZero();
    isNobodyWanted.in <== round.parameterB;
    signal isSoundQuorum <== (1 - quorum.out) * (1 - isUnsound.out);
    signal isApplied <== isSoundQuorum * (1 - isNobodyWanted.out);

    component scores = KrumScores(slots);
    scores.gram <== gram;
    scores.isSurvivor <== filter.isSurvivor;
    // At least f + 1 when applied; nobody needs neighbours otherwise.
    scores.neighbours <== isApplied * (survivors - round.parameterA - 2);

    component isAll = IsLess(6);
    isAll.a <== survivors;
    isAll.b <== round.parameterB;
    signal most <== round.parameterB + isAll.out * (survivors - round.parameterB);
    component lowest = LowestScores(trainers, scoreBits);
    lowest.score <== scores.score;
    lowest.isSurvivor <== filter.isSurvivor;
    lowest.count <== isApplied * most;

    component decided = RoundOutcome(slots, rawBits);
    decided.gram <== gram;
    decided.hasPayGradient <== round.isActive[1];
    decided.isVoid <== 1 - isApplied;
    decided.copied <== filter.copied;
    for (var t = 0; t < trainers; t++) {
        decided.raw[t] <== lowest.isSelected[t] * round.baseWeight[t];
        // A survivor that is not selected: 8 instead of 1.
        decided.verdict[t] <== filter.verdict[t] + 7 * (filter.isSurvivor[t] - lowest.isSelected[t]);
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
