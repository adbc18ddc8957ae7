pragma circom 2.1.9;

include "circomlib/circuits/comparators.circom";
include "./FloorDivision.circom";

// How much an update repeats the last aggregate p: copied = floor(1024 cos^2), cos^2 = <u, p>^2 / (|u|^2 |p|^2), and whether that is all
// of it, give or take rounding: isStale = (copied >= 1023). Both 0 unless isAlong, which says that there is a p and <u, p> >= 1.
// Preconditions: |along| < 2^75, |norm| < 2^54, |lastNorm| <= 2^75. Vectors satisfy along^2 <= norm * lastNorm (Cauchy and Schwarz), so
// copied <= 1024 and the divisor is positive; a matrix of no vectors has no witness.
// Twin: `copiedPart` in services/protocol/rule/survivors.ts.
template StaleCopy() {
    signal input isAlong;
    signal input along;
    signal input norm;
    signal input lastNorm;
    signal output isStale;
    signal output copied;

    signal square <== along * along;
    signal product <== norm * lastNorm;
    // 0 / 1 where nothing is to be divided.
    component cosine = FloorDivision(11, 130);
    cosine.numerator <== isAlong * (1024 * square);
    cosine.divisor <== 1 + isAlong * (product - 1);
    copied <== cosine.quotient;

    // 1023 and 1024 are the only values from 1023 on.
    signal gap <== (copied - 1023) * (copied - 1024);
    component isWhole = IsZero();
    isWhole.in <== gap;
    isStale <== isWhole.out;
}
