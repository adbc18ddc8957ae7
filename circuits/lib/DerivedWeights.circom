pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";
include "./Comparison.circom";
include "./Division.circom";

// Integer weights in proportion to raw ones: floors of 1024 * raw / sum, the missing units to the first largest raw weight.
// They are derived here and never chosen by the prover, who could otherwise move the model where it likes.
// Precondition: raw[t] < 2^rawBits (checked by the caller). All weights are zero if isVoid = 1; isVoid must be 1 if all raw are 0.
// Twin: `weightsFromRaw` in services/protocol/weights.ts.
template DerivedWeights(trainers, rawBits) {
    signal input raw[trainers];
    signal input isVoid;
    signal output weight[trainers];

    var sum = 0;
    for (var t = 0; t < trainers; t++) {
        sum += raw[t];
    }
    // In a void round the numerators are zero and the divisor must not be.
    signal divisor <== isVoid * (1 - sum) + sum;

    signal numerator[trainers];
    component floor[trainers];
    var assigned = 0;
    for (var t = 0; t < trainers; t++) {
        numerator[t] <== 1024 * raw[t] * (1 - isVoid);
        floor[t] = FloorDivision(11, rawBits + 5);
        floor[t].numerator <== numerator[t];
        floor[t].divisor <== divisor;
        assigned += floor[t].quotient;
    }
    signal missing <== 1024 * (1 - isVoid) - assigned;

    // Exactly one trainer is chosen; no raw weight is above its own, and those before it are below. So it is the first largest.
    signal isChosen[trainers];
    signal chosenRaw[trainers];
    var best = 0;
    for (var t = 1; t < trainers; t++) {
        if (raw[t] > raw[best]) {
            best = t;
        }
    }
    var chosen = 0;
    var largest = 0;
    for (var t = 0; t < trainers; t++) {
        isChosen[t] <-- best == t ? 1 : 0;
        isChosen[t] * (isChosen[t] - 1) === 0;
        chosen += isChosen[t];
        chosenRaw[t] <== isChosen[t] * raw[t];
        largest += chosenRaw[t];
    }
    chosen === 1;

    component isNotAbove[trainers];
    signal extra[trainers];
    var isAtOrBefore = 0;
    for (var t = 0; t < trainers; t++) {
        isAtOrBefore += isChosen[t];
        // 1 - isAtOrBefore is 1 exactly for trainers before the chosen one, which must be strictly below it.
        isNotAbove[t] = IsLess(rawBits + 1);
        isNotAbove[t].a <== raw[t] + 1 - isAtOrBefore;
        isNotAbove[t].b <== largest + 1;
        isNotAbove[t].out === 1;
        extra[t] <== isChosen[t] * missing;
        weight[t] <== floor[t].quotient + extra[t];
    }
}
