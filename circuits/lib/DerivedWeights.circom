pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";
include "./FloorDivision.circom";

// Integer weights in proportion to raw ones: floors of 1024 * raw / sum, the missing units to the first largest raw weight.
// They are derived here and never chosen by the prover, who could otherwise move the model where it likes.
// Preconditions: raw[t] < 2^rawBits; isVoid is a bit, and 1 if all raw weights are 0; at most 29 trainers.
// All weights are 0 if isVoid = 1, otherwise they sum to 1024.
// Twin: `weightsFromRaw` in services/protocol/rule/weights.ts.
template DerivedWeights(trainers, rawBits) {
    signal input raw[trainers];
    signal input isVoid;
    signal output weight[trainers];

    var sum = 0;
    for (var t = 0; t < trainers; t++) {
        sum += raw[t];
    }
    // 0 / 1 in a void round.
    signal divisor <== sum + isVoid * (1 - sum);

    signal numerator[trainers];
    component floor[trainers];
    var assigned = 0;
    for (var t = 0; t < trainers; t++) {
        numerator[t] <== (1 - isVoid) * (1024 * raw[t]);
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
    var isChosenSoFar = 0;
    for (var t = 0; t < trainers; t++) {
        isChosenSoFar += isChosen[t];
        // largest - raw[t] >= 0 from the chosen one on, >= 1 before it: a tie is not for the prover to break.
        isNotAbove[t] = Num2Bits(rawBits);
        isNotAbove[t].in <== largest - raw[t] - (1 - isChosenSoFar);
        extra[t] <== isChosen[t] * missing;
        weight[t] <== floor[t].quotient + extra[t];
    }
}
