pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "./GramIndex.circom";

// Ranges of the Gram entries, and the signs of two rows.
// Everything but row 2: [-2^54, 2^54). Row 2, the last aggregate, whose entries are wider: [-2^75, 2^75).
// The rules never read products of two different trainers as integers, and would be exact without a range for them. They have one
// because the vectors are known modulo the field's order only: an entry that wraps around (any norm can be forged with one) gives huge
// products with every honest update that is not zero at its place, and no honest update is, for certain: trainers dither.
// See "wrap-around" in docs/proof.md.
// Source of the widths: 2^24 entries of 16 bits, and of 26 bits for the aggregate.
template GramRanges(slots) {
    var trainers = slots - 3;

    signal input gram[gramLength(slots)];
    // Whether <u_t, r> >= 1.
    signal output isForward[trainers];
    // Whether <u_t, p> >= 1.
    signal output isAlongLast[trainers];
    // Whether <p, p> >= 1.
    signal output hasLast;

    component narrow[slots][slots];
    component wide[slots];
    for (var i = 0; i < slots; i++) {
        for (var j = i; j < slots; j++) {
            if (i != 2 && j != 2) {
                narrow[i][j] = Num2Bits(55);
                narrow[i][j].in <== gram[gramIndex(i, j, slots)] + (1 << 54);
            }
        }
        wide[i] = Num2Bits(76);
        wide[i].in <== gram[gramIndex(2, i, slots)] + (1 << 75);
    }

    // The top bit of the shifted value says that the value is not negative; it is positive unless zero.
    component isZeroForward[trainers];
    component isZeroAlong[trainers];
    for (var t = 0; t < trainers; t++) {
        isZeroForward[t] = IsZero();
        isZeroForward[t].in <== gram[gramIndex(0, t + 3, slots)];
        isForward[t] <== narrow[0][t + 3].out[54] - isZeroForward[t].out;
        isZeroAlong[t] = IsZero();
        isZeroAlong[t].in <== gram[gramIndex(2, t + 3, slots)];
        isAlongLast[t] <== wide[t + 3].out[75] - isZeroAlong[t].out;
    }
    component isZeroLast = IsZero();
    isZeroLast.in <== gram[gramIndex(2, 2, slots)];
    hasLast <== wide[2].out[75] - isZeroLast.out;
}
