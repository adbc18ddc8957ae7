pragma circom 2.1.9;

include "./Comparison.circom";
include "./FloorDivision.circom";

// Scale of the reference in the quadratic pay: min(floor(3 bulk / (4 progress)), 2^16), and 0 unless isUsed.
// bulk = |aggregate|^2, progress = <aggregate, r>, both with weights that sum to 1024.
// Preconditions: isUsed is a bit; when it is 1, 0 <= bulk < 2^74 and 2^10 <= progress < 2^64, which vectors and a survivor filter ensure.
// Twin: `quadraticContributions` in services/protocol/rule/contribution.ts.
template Kappa() {
    signal input isUsed;
    signal input bulk;
    signal input progress;
    signal output kappa;

    component division = FloorDivision(66, 66);
    // 0 / 1 when it is not used.
    division.numerator <== isUsed * (3 * bulk);
    division.divisor <== 1 + isUsed * (4 * progress - 1);
    component isBelowCap = IsLess(66);
    isBelowCap.a <== division.quotient;
    isBelowCap.b <== 1 << 16;
    kappa <== (1 << 16) + isBelowCap.out * (division.quotient - (1 << 16));
}
