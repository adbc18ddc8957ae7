pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";

// Whether a < b, for signed a and b with |a - b| < 2^bits and bits < 252.
// Precondition: the caller knows that bound from range checks. Nothing here replaces them.
template IsLess(bits) {
    signal input a;
    signal input b;
    signal output out;

    // a - b + 2^bits lies in (0, 2^(bits + 1)); its top bit says whether a >= b.
    component difference = Num2Bits(bits + 1);
    difference.in <== a - b + (1 << bits);
    out <== 1 - difference.out[bits];
}

// Whether a signed value greater than -2^bits and at most 2^bits is greater than zero. Other values have no witness.
template IsPositive(bits) {
    signal input in;
    signal output out;

    // in - 1 + 2^bits lies in [0, 2^(bits + 1)); its top bit says whether in >= 1.
    component shifted = Num2Bits(bits + 1);
    shifted.in <== in - 1 + (1 << bits);
    out <== shifted.out[bits];
}
