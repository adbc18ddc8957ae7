pragma circom 2.1.9;

include "circomlib/circuits/comparators.circom";
include "./Comparison.circom";
include "./FloorDivision.circom";

// How much an update repeats the last aggregate p, by cos^2 = <u, p>^2 / (|u|^2 |p|^2).
// isStale: cos^2 > 9/10. copied: floor(1024 cos^2). Both 0 unless isAlong, which says that <u, p> >= 1.
// One division serves both: K = floor(10240 cos^2), so cos^2 > 9/10 when K > 9216, or K = 9216 with a remainder; copied = floor(K / 10).
// Preconditions: |along| < 2^75, |norm| < 2^54, |lastNorm| <= 2^75. Vectors satisfy along^2 <= norm * lastNorm (Cauchy and Schwarz), so
// the quotient has 14 bits and a positive divisor; a matrix of no vectors has no witness.
// Twins: `survivorVerdict` in services/protocol/survivors.ts, `novelty` in services/protocol/contribution.ts.
template StaleCopy() {
    signal input isAlong;
    signal input along;
    signal input norm;
    signal input lastNorm;
    signal output isStale;
    signal output copied;

    signal square <== along * along;
    signal product <== norm * lastNorm;
    signal numerator <== isAlong * (10240 * square);
    // 1 where nothing is to be divided: the numerator is 0 then.
    signal divisor <== 1 + isAlong * (product - 1);
    component cosine = FloorDivision(14, 130);
    cosine.numerator <== numerator;
    cosine.divisor <== divisor;

    component isAboveLimit = IsLess(14);
    isAboveLimit.a <== 9216;
    isAboveLimit.b <== cosine.quotient;
    component isAtLimit = IsZero();
    isAtLimit.in <== cosine.quotient - 9216;
    component isExact = IsZero();
    isExact.in <== cosine.remainder;
    isStale <== isAboveLimit.out + isAtLimit.out * (1 - isExact.out);

    component tenth = FloorDivision(11, 4);
    tenth.numerator <== cosine.quotient;
    tenth.divisor <== 10;
    copied <== tenth.quotient;
}
