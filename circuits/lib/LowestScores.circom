pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";

// Selects the `count` survivors with the lowest scores, the lower slot in a tie.
// Preconditions: isSurvivor are bits; 0 <= count <= number of survivors; scores below 2^scoreBits; at most 16 trainers.
// Twin: `selectedSlots` in services/protocol/rule/multi-krum-rule.ts.
template LowestScores(trainers, scoreBits) {
    signal input score[trainers];
    signal input isSurvivor[trainers];
    signal input count;
    signal output isSelected[trainers];

    // Keys 16 * score + slot differ, so that a threshold separates exactly one set of each size: a tie is not for the prover to break.
    signal key[trainers];
    for (var t = 0; t < trainers; t++) {
        key[t] <== 16 * score[t] + t;
    }

    var taken[trainers];
    var highest = 0;
    for (var t = 0; t < trainers; t++) {
        taken[t] = 0;
    }
    for (var k = 0; k < trainers; k++) {
        if (k < count) {
            var best = trainers;
            for (var t = 0; t < trainers; t++) {
                if (isSurvivor[t] == 1 && taken[t] == 0 && (best == trainers || key[t] < key[best % trainers])) {
                    best = t;
                }
            }
            if (best < trainers) {
                taken[best] = 1;
                highest = key[best];
            }
        }
    }
    signal threshold <-- highest;

    signal margin[trainers];
    component isOrdered[trainers];
    var selected = 0;
    for (var t = 0; t < trainers; t++) {
        isSelected[t] <-- taken[t];
        // A bit, and only for a survivor.
        isSelected[t] * (isSurvivor[t] - isSelected[t]) === 0;
        selected += isSelected[t];
        // threshold - key for a selected one, key - threshold for the other survivors, 0 for everybody else.
        margin[t] <== (isSurvivor[t] - 2 * isSelected[t]) * (key[t] - threshold);
        isOrdered[t] = Num2Bits(scoreBits + 5);
        isOrdered[t].in <== margin[t];
    }
    selected === count;
}
