pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";

// quotient = floor(numerator / divisor) for non-negative integers, and the remainder.
// Preconditions: 0 <= numerator < p and 0 < divisor <= 2^divisorBits as integers, and quotientBits + divisorBits < 252.
// A quotient of more bits, or a divisor of zero, has no witness.
template FloorDivision(quotientBits, divisorBits) {
    signal input numerator;
    signal input divisor;
    signal output quotient;
    signal output remainder;

    quotient <-- numerator \ divisor;
    remainder <== numerator - quotient * divisor;

    // Without its range a prover could take a quotient that wraps around the field and still leaves a small remainder.
    component quotientRange = Num2Bits(quotientBits);
    quotientRange.in <== quotient;

    // 0 <= remainder < divisor. Without the second half a prover could take a smaller quotient.
    component isNotNegative = Num2Bits(divisorBits);
    isNotNegative.in <== remainder;
    component isBelowDivisor = Num2Bits(divisorBits);
    isBelowDivisor.in <== divisor - 1 - remainder;
}
