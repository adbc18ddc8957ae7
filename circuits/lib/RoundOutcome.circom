pragma circom 2.1.9;

include "./ContributionShares.circom";
include "./DerivedWeights.circom";
include "./GramIndex.circom";
include "./OutcomeWords.circom";

// From what a rule decided (verdicts, raw weights, whether the round is void) to the public outcome: weights, shares, packed words.
// Preconditions: those of `DerivedWeights`, `ContributionShares` and `OutcomeWords`.
template RoundOutcome(slots, rawBits) {
    var trainers = slots - 3;

    signal input gram[gramLength(slots)];
    signal input hasPayGradient;
    signal input isVoid;
    signal input raw[trainers];
    signal input verdict[trainers];
    signal input copied[trainers];
    signal output words[(trainers + 7) \ 8];

    component weights = DerivedWeights(trainers, rawBits);
    weights.raw <== raw;
    weights.isVoid <== isVoid;

    component shares = ContributionShares(slots);
    shares.gram <== gram;
    shares.hasPayGradient <== hasPayGradient;
    shares.isVoid <== isVoid;
    shares.copied <== copied;
    shares.weight <== weights.weight;

    component packed = OutcomeWords(trainers);
    packed.share <== shares.share;
    packed.weight <== weights.weight;
    packed.verdict <== verdict;
    words <== packed.out;
}
