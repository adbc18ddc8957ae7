pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "./Comparison.circom";
include "./Division.circom";
include "./GramIndex.circom";

// Shares of the round's pay, in 1/65535.
// With a pay gradient g (slot 1): max(0, w_i <u_i, g>) * nu_i. Without: max(0, w_i (2 kappa <u_i, r> - <u_i, aggregate>)) * nu_i
// with kappa = min(floor(3 A / 4 B), 2^16), A = |aggregate|^2, B = <aggregate, r>.
// nu_i = 1024 - floor(1024 <u_i, p>^2 / (|u_i|^2 |p|^2)) along the last aggregate p, else 1024.
// Preconditions: weights sum to 1024, or all are 0 (void); a trainer with a weight passed `SurvivorFilter`.
// Twin: `contributionShares` in services/protocol/contribution.ts.
template ContributionShares(slots) {
    var trainers = slots - 3;

    signal input gram[gramLength(slots)];
    signal input hasPayGradient;
    signal input isVoid;
    signal input isAlong[trainers];
    signal input isSurvivor[trainers];
    signal input weight[trainers];
    signal output share[trainers];

    // How far each update goes along the aggregate, and both along the reference.
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

    // kappa; with a pay gradient or in a void round it is 0 / 1.
    signal isQuadratic <== (1 - hasPayGradient) * (1 - isVoid);
    component exactKappa = FloorDivision(80, 70);
    signal kappaNumerator <== isQuadratic * 3 * bulk;
    signal kappaDivisor <== isQuadratic * (4 * progress - 1) + 1;
    exactKappa.numerator <== kappaNumerator;
    exactKappa.divisor <== kappaDivisor;
    component isBelowCap = IsLess(80);
    isBelowCap.a <== exactKappa.quotient;
    isBelowCap.b <== 1 << 16;
    signal kappa <== (1 << 16) + isBelowCap.out * (exactKappa.quotient - (1 << 16));

    signal pull[trainers];
    signal gain[trainers];
    signal value[trainers];
    component isGain[trainers];
    signal contribution[trainers];
    signal isCopying[trainers];
    signal square[trainers];
    signal noveltyNumerator[trainers];
    signal normProduct[trainers];
    signal noveltyDivisor[trainers];
    component copied[trainers];
    signal paid[trainers];
    var sum = 0;
    for (var t = 0; t < trainers; t++) {
        pull[t] <== kappa * gram[gramIndex(0, t + 3, slots)];
        gain[t] <== 2 * pull[t] - bulkOf[t]
            + hasPayGradient * (gram[gramIndex(1, t + 3, slots)] - 2 * pull[t] + bulkOf[t]);
        // |gain| < 2^73 and weight <= 2^10.
        value[t] <== weight[t] * gain[t];
        isGain[t] = IsPositive(84);
        isGain[t].in <== value[t];
        contribution[t] <== isGain[t].out * value[t];

        // Only of survivors: their norms are known to be positive, and nobody else is paid.
        isCopying[t] <== isAlong[t] * isSurvivor[t];
        square[t] <== gram[gramIndex(2, t + 3, slots)] * gram[gramIndex(2, t + 3, slots)];
        noveltyNumerator[t] <== 1024 * isCopying[t] * square[t];
        normProduct[t] <== gram[gramIndex(t + 3, t + 3, slots)] * gram[gramIndex(2, 2, slots)];
        noveltyDivisor[t] <== isCopying[t] * (normProduct[t] - 1) + 1;
        copied[t] = FloorDivision(11, 131);
        copied[t].numerator <== noveltyNumerator[t];
        copied[t].divisor <== noveltyDivisor[t];
        paid[t] <== contribution[t] * (1024 - copied[t].quotient);
        sum += paid[t];
    }

    // Nobody contributed: shares are 0 / 1, the model moves all the same.
    component isNothing = IsZero();
    isNothing.in <== sum;
    component exactShare[trainers];
    for (var t = 0; t < trainers; t++) {
        exactShare[t] = FloorDivision(16, 100);
        exactShare[t].numerator <== 65535 * paid[t];
        exactShare[t].divisor <== sum + isNothing.out;
        share[t] <== exactShare[t].quotient;
    }
}
