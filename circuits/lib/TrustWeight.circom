pragma circom 2.1.9;

include "./Comparison.circom";
include "./FloorDivision.circom";

// The trust weight before normalisation: floor(baseWeight * <u, r> * 2^23 / max(8 |u|^2, |r|^2)), and 0 for whoever is not accepted.
// The floor |r|^2 in the divisor bounds updates that are shrunken on purpose.
// Preconditions: baseWeight < 2^10; |forward|, |norm|, |referenceNorm| <= 2^54; for a survivor, forward, norm and referenceNorm are positive.
// Of vectors, <u, r> <= |u| |r| <= max(8 |u|^2, |r|^2) / 2.8, so the result is below 2^33; a matrix of no vectors has no witness.
// Twin: `rawWeight` in services/protocol/rule/trust-rule.ts.
template TrustWeight() {
    signal input isSurvivor;
    signal input baseWeight;
    signal input forward;
    signal input norm;
    signal input referenceNorm;
    signal output raw;

    component isShort = IsLess(58);
    isShort.a <== 8 * norm;
    isShort.b <== referenceNorm;
    signal longest <== 8 * norm + isShort.out * (referenceNorm - 8 * norm);

    // 0 / 1 for the others, whose divisor may not be positive.
    signal claim <== baseWeight * forward;
    component division = FloorDivision(33, 58);
    division.numerator <== isSurvivor * (claim * (1 << 23));
    division.divisor <== 1 + isSurvivor * (longest - 1);
    raw <== division.quotient;
}
