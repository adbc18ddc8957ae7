pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";

// Whether a < b. Both must be range-checked by the caller to [0, 2^bits).
template IsLess(bits) {
    signal input a;
    signal input b;
    signal output out;

    // a - b + 2^bits lies in (0, 2^(bits+1)); its top bit says whether a >= b.
    component difference = Num2Bits(bits + 1);
    difference.in <== a - b + (1 << bits);
    out <== 1 - difference.out[bits];
}

// Whether a signed value with |in| < 2^bits is greater than zero. This range-checks `in` by itself.
template IsPositive(bits) {
    signal input in;
    signal output out;

    // in - 1 + 2^bits lies in [0, 2^(bits+1)) for every in of (-2^bits, 2^bits]; the top bit says in >= 1.
    component shifted = Num2Bits(bits + 1);
    shifted.in <== in - 1 + (1 << bits);
    out <== shifted.out[bits];
}
