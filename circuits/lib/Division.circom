pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";
include "./Comparison.circom";

// quotient = floor(numerator / divisor), for 0 <= numerator < 2^(quotientBits + divisorBits), 0 < divisor < 2^divisorBits,
// quotientBits + divisorBits < 253. A divisor outside its range leaves no witness.
template FloorDivision(quotientBits, divisorBits) {
    signal input numerator;
    signal input divisor;
    signal output quotient;

    quotient <-- numerator \ divisor;
    signal remainder <== numerator - quotient * divisor;
    // Without the range of the quotient a prover could pick one that wraps around the field and still leaves a small remainder.
    component quotientRange = Num2Bits(quotientBits);
    quotientRange.in <== quotient;
    component remainderRange = Num2Bits(divisorBits);
    remainderRange.in <== remainder;
    component isProper = IsLess(divisorBits);
    isProper.a <== remainder;
    isProper.b <== divisor;
    isProper.out === 1;
}
