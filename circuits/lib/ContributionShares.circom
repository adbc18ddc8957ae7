pragma circom 2.1.9;

include "circomlib/circuits/comparators.circom";
include "./Comparison.circom";
include "./FloorDivision.circom";
include "./GramIndex.circom";
include "./Kappa.circom";

// Shares of the round's pay, in 1/65535, of contributions times novelty.
// With a pay gradient g (slot 1) a contribution is max(0, w_i <u_i, g>). Without: max(0, w_i (2 kappa <u_i, r> - <u_i, aggregate>)), see `Kappa`.
// Novelty is min(1024, 8 (1024 - copied)) / 1024.
// Preconditions: weights sum to 1024, or all are 0 and isVoid = 1; whoever has a weight passed `SurvivorFilter`; copied <= 1024;
// ranges from `GramRanges`.
// Widths: contributions are at most 1.5 |aggregate|^2 + 2^74 < 2^76 together, because w_i <u_i, r> <= progress; times 1024.
// Twin: `contributionShares` in services/protocol/rule/contribution.ts.
template ContributionShares(slots) {
    var trainers = slots - 3;

    signal input gram[gramLength(slots)];
    signal input hasPayGradient;
    signal input isVoid;
    signal input copied[trainers];
    signal input weight[trainers];
    signal output share[trainers];

    // How far each update goes along the aggregate, and the aggregate along the reference. Exact in the field, also the entries
    // between trainers, which have no range of their own.
    signal weighted[trainers][trainers];
    signal bulkPart[trainers];
    signal progressPart[trainers];
    var bulkOf[trainers];
    var bulk = 0;
    var progress = 0;
    for (var t = 0; t < trainers; t++) {
        var along = 0;
        for (var other = 0; other < trainers; other++) {
            weighted[t][other] <== weight[other] * gram[gramIndex(t + 3, other + 3, slots)];
            along += weighted[t][other];
        }
        bulkOf[t] = along;
        bulkPart[t] <== weight[t] * along;
        bulk += bulkPart[t];
        progressPart[t] <== weight[t] * gram[gramIndex(0, t + 3, slots)];
        progress += progressPart[t];
    }
    component scale = Kappa();
    scale.isUsed <== (1 - hasPayGradient) * (1 - isVoid);
    scale.bulk <== bulk;
    scale.progress <== progress;

    signal pull[trainers];
    signal gain[trainers];
    signal value[trainers];
    component isGain[trainers];
    signal contribution[trainers];
    component isPartlyNew[trainers];
    signal novelty[trainers];
    signal paid[trainers];
    var sum = 0;
    for (var t = 0; t < trainers; t++) {
        pull[t] <== scale.kappa * gram[gramIndex(0, t + 3, slots)];
        gain[t] <== 2 * pull[t] - bulkOf[t]
            + hasPayGradient * (gram[gramIndex(1, t + 3, slots)] - 2 * pull[t] + bulkOf[t]);
        value[t] <== weight[t] * gain[t];
        isGain[t] = IsPositive(76);
        isGain[t].in <== value[t];
        contribution[t] <== isGain[t].out * value[t];

        // copied is at most 1024, so the difference is below 2^13.
        isPartlyNew[t] = IsLess(13);
        isPartlyNew[t].a <== 8 * (1024 - copied[t]);
        isPartlyNew[t].b <== 1024;
        novelty[t] <== 1024 + isPartlyNew[t].out * (7168 - 8 * copied[t]);
        paid[t] <== contribution[t] * novelty[t];
        sum += paid[t];
    }

    // Nobody contributed: shares are 0 / 1, and the model moves all the same.
    component isNothing = IsZero();
    isNothing.in <== sum;
    component division[trainers];
    for (var t = 0; t < trainers; t++) {
        division[t] = FloorDivision(16, 87);
        division[t].numerator <== 65535 * paid[t];
        division[t].divisor <== sum + isNothing.out;
        share[t] <== division[t].quotient;
    }
}
