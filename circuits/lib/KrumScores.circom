pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";
include "./GramIndex.circom";

// For every survivor, the sum of its squared distances to the nearest `neighbours` of the other survivors; 0 for everybody else.
// Neighbours are marked by bits that the prover chooses: exactly so many, only survivors, none farther than an unmarked one. With ties
// there are several ways to mark, all with the same sum.
// Preconditions: isSurvivor are bits; 0 <= neighbours < number of survivors (0 gives scores of 0); ranges from `GramRanges`.
// Source: Blanchard et al., NeurIPS 2017. Twin: `krumScore` in services/protocol/rule/multi-krum-rule.ts.
template KrumScores(slots) {
    var trainers = slots - 3;
    // |u_i - u_j|^2 <= 4 * 2^54
    var distanceBits = 57;

    signal input gram[gramLength(slots)];
    signal input isSurvivor[trainers];
    signal input neighbours;
    signal output score[trainers];

    // Squared distances are not negative. Between trainers the matrix has no range of its own: without this check a forged entry
    // gives a negative distance, an unfairly low score and the election.
    signal distance[trainers][trainers];
    component range[trainers][trainers];
    for (var i = 0; i < trainers; i++) {
        for (var j = i + 1; j < trainers; j++) {
            distance[i][j] <== gram[gramIndex(i + 3, i + 3, slots)] + gram[gramIndex(j + 3, j + 3, slots)]
                - 2 * gram[gramIndex(i + 3, j + 3, slots)];
            distance[j][i] <== distance[i][j];
            range[i][j] = Num2Bits(distanceBits);
            range[i][j].in <== distance[i][j];
        }
        distance[i][i] <== 0;
    }

    signal isPair[trainers][trainers];
    signal isNear[trainers][trainers];
    signal near[trainers][trainers];
    signal threshold[trainers];
    signal margin[trainers][trainers];
    component isOrdered[trainers][trainers];
    for (var i = 0; i < trainers; i++) {
        // The prover's choice: the nearest in order of distance, then of slot.
        var wanted = isSurvivor[i] * neighbours;
        var taken[trainers];
        var farthest = 0;
        for (var j = 0; j < trainers; j++) {
            taken[j] = 0;
        }
        for (var k = 0; k < trainers; k++) {
            if (k < wanted) {
                var best = trainers;
                for (var j = 0; j < trainers; j++) {
                    if (j != i && isSurvivor[j] == 1 && taken[j] == 0 && (best == trainers || distance[i][j] < distance[i][best % trainers])) {
                        best = j;
                    }
                }
                if (best < trainers) {
                    taken[best] = 1;
                    farthest = distance[i][best];
                }
            }
        }
        threshold[i] <-- farthest;

        var count = 0;
        var sum = 0;
        for (var j = 0; j < trainers; j++) {
            if (j != i) {
                if (j > i) {
                    isPair[i][j] <== isSurvivor[i] * isSurvivor[j];
                } else {
                    isPair[i][j] <== isPair[j][i];
                }
                isNear[i][j] <-- taken[j];
                // A bit, and only for a pair of survivors.
                isNear[i][j] * (isPair[i][j] - isNear[i][j]) === 0;
                count += isNear[i][j];
                near[i][j] <== isNear[i][j] * distance[i][j];
                sum += near[i][j];

                // threshold - distance for a near one, distance - threshold for the other survivors, 0 for everybody else. A threshold
                // that satisfies this for all pairs separates the near from the far; it needs no range of its own.
                margin[i][j] <== (isPair[i][j] - 2 * isNear[i][j]) * (distance[i][j] - threshold[i]);
                isOrdered[i][j] = Num2Bits(distanceBits);
                isOrdered[i][j].in <== margin[i][j];
            } else {
                isPair[i][j] <== 0;
                isNear[i][j] <== 0;
                near[i][j] <== 0;
                margin[i][j] <== 0;
            }
        }
        count === isSurvivor[i] * neighbours;
        score[i] <== sum;
    }
}
